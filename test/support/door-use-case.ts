import { type UseCase, useCaseSchema } from '@mooring/use-case/use-case';

type Settings = Readonly<Record<string, unknown>>;

/** A use case with every kind of column. `colour` is declared, `region` is learnt from the training set. */
export function doorUseCase(api: Settings = {}, more: Settings = {}): UseCase {
  return useCaseSchema.parse({
    name: 'door',
    title: 'Doors that stay open',
    purpose: 'Tests the front door.',
    task: 'binary',
    dataset: {
      columns: [
        { name: 'age', type: 'integer', min: 18, max: 120, nullable: false },
        { name: 'income', type: 'number', min: 0 },
        { name: 'colour', type: 'category', categories: ['red', 'green', 3] },
        { name: 'region', type: 'category', nullable: false },
        { name: 'since', type: 'timestamp' },
        { name: 'open', type: 'integer', min: 0, max: 1 },
      ],
      label: 'open',
      positive: 1,
    },
    gates: { quality: { metric: 'auc', bound: 0.5 } },
    labels: {},
    api,
    ...more,
  });
}

/** A record that is valid. */
export const record = { age: 40, income: 1200.5, colour: 'red', region: 'north', since: '2026-01-31T10:00:00Z' };
