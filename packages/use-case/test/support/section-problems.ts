import { useCaseSchema } from '../../src/use-case';
import { checkUseCase } from '../../src/use-case-checks';

/** A use case with the least that it needs, for tests of one section. */
export const leastUseCase = {
  name: 'loans',
  title: 'Loans',
  purpose: 'Shows one section.',
  task: 'binary',
  dataset: {
    columns: [
      { name: 'age', type: 'integer' },
      { name: 'paid_back', type: 'integer' },
    ],
    label: 'paid_back',
    positive: 1,
  },
  gates: { quality: { metric: 'auc', bound: 0.7 } },
} as const;

/** Path and message of everything that is wrong with sections of it, by schema and by checks. */
export function sectionProblems(sections: Readonly<Record<string, unknown>>): string[] {
  const document = { ...leastUseCase, ...sections };
  const parsed = useCaseSchema.safeParse(document);
  const issues = [...(parsed.success ? [] : parsed.error.issues), ...checkUseCase(document)];
  return [...new Set(issues.map((each) => `${each.path.join('.')}: ${each.message}`))];
}
