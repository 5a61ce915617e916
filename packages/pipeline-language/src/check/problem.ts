/** Every problem that the checker knows, with what it means. The codes are stable: tools may match on them. */
export const CODES = {
  'not-a-definition': 'the text is not a pipeline definition',
  'missing-key': 'a required member is missing',
  'unknown-key': 'a member that the request or the step does not have',
  'wrong-type': 'a value of another JSON type is wanted',
  'not-allowed': 'not one of the values that are allowed',
  pattern: 'does not match the pattern of the service',
  length: 'too short or too long: a text, a list or a map',
  range: 'a number that is too small or too large',
  'unknown-instance-type': 'no such instance type for this kind of job',
  'bad-name': 'a name that SageMaker refuses',
  'duplicate-name': 'two steps, parameters, property files or outputs of the same name',
  'unknown-step-type': 'no such step type',
  'unknown-step': 'a reference or DependsOn names a step that the pipeline does not have',
  'unknown-output': 'the step has no output of this name',
  'unknown-property': 'the step has no such property',
  'unknown-property-file': 'the step declares no such property file',
  'unknown-parameter': 'the pipeline has no such parameter',
  'unknown-variable': 'no such execution variable',
  'bad-expression': 'an expression that SageMaker cannot read',
  'number-as-string': 'a parameter or property that is not a string where a string is required; use asString()',
  'reference-type': 'an expression of another type than the argument wants',
  'bad-default': 'a default of another type than its parameter, or not among its values',
  'bad-condition': 'a condition that SageMaker cannot read',
  'branch-reference': 'a step outside a branch uses or waits for a step inside it',
  'step-in-both-branches': 'the same step in both branches of a condition',
  'nested-condition': 'a condition inside the branch of a condition',
  cycle: 'steps that wait for each other',
  'depends-on-fail': 'nothing can wait for a Fail step',
  'bad-cache': 'a cache configuration that SageMaker refuses',
  'bad-retry': 'a retry policy that SageMaker refuses',
  'debugger-key': 'Debugger and Profiler are closed to new accounts',
  'missing-baselines': 'monitoring is on, and the registered version has no DriftCheckBaselines',
  'too-many-steps': 'more steps than a pipeline may have',
  'too-many-parameters': 'more parameters than a pipeline may have',
  'too-large': 'the definition is larger than SageMaker takes',
  'move-to-s3': 'the definition is passed by its place on S3 (a note, not an error)',
} as const;

export type Code = keyof typeof CODES;

/** Codes that tell something without being wrong. */
export const NOTES: readonly Code[] = ['move-to-s3'];

/** One thing that is wrong with a definition. */
export interface Problem {
  readonly code: Code;
  /** The step it is in; none for the pipeline itself. */
  readonly step?: string;
  /** Where in the definition, for instance `Steps[2].Arguments.RoleArn`. */
  readonly path: string;
  /** The value that is wrong. */
  readonly value?: unknown;
  readonly message: string;
  /** What is allowed in its place. */
  readonly allowed?: string;
}

/** Takes problems as they are found. */
export type Report = (problem: Problem) => void;

/** The names that resemble a misspelt one, nearest first. */
export function nearest(name: string, known: readonly string[], count = 3): string[] {
  return known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** A list of names for `allowed`: all of them when they are few, otherwise the nearest ones. */
export function oneOf(known: readonly string[], name = ''): string {
  if (known.length === 0) return 'none';
  if (known.length <= 12) return known.join(', ');
  return `${nearest(name, known).join(', ')} ... (${known.length} in all)`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
