/** Small ways to break a definition. A path starts at a step, by its name, or at the top when the name is empty. */
export type Change = (definition: unknown) => void;

type Bag = Record<string, unknown>;
const bag = (value: unknown): Bag => value as Bag;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const stepsOf = (definition: unknown): Bag[] =>
  list(bag(definition)['Steps']).flatMap((step) => {
    const { IfSteps, ElseSteps } = bag(bag(step)['Arguments'] ?? {});
    return [bag(step), ...list(IfSteps).map(bag), ...list(ElseSteps).map(bag)];
  });

/** The object at a path; its absence is a mistake in the table of mutations. */
export function at(definition: unknown, step: string, path: string): unknown {
  let value: unknown = step === '' ? definition : stepsOf(definition).find((candidate) => candidate['Name'] === step);
  for (const key of path === '' ? [] : path.split('.')) value = bag(value)[key];
  if (value === undefined) throw new Error(`nothing at ${step} ${path}`);
  return value;
}

const parentAndKey = (path: string): [string, string] => [
  path.split('.').slice(0, -1).join('.'),
  path.split('.').at(-1) ?? '',
];

export const put =
  (step: string, path: string, value: unknown): Change =>
  (definition) => {
    const [parent, key] = parentAndKey(path);
    bag(at(definition, step, parent))[key] = structuredClone(value);
  };

export const drop =
  (step: string, path: string): Change =>
  (definition) => {
    at(definition, step, path);
    const [parent, key] = parentAndKey(path);
    delete bag(at(definition, step, parent))[key];
  };

export const add =
  (step: string, path: string, ...values: readonly unknown[]): Change =>
  (definition) =>
    void list(at(definition, step, path)).push(...values.map((value) => structuredClone(value)));

export const all =
  (...changes: readonly Change[]): Change =>
  (definition) =>
    changes.forEach((change) => change(definition));
