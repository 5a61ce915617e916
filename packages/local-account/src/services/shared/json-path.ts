/**
 * Value at a JSONPath of the subset EventBridge and Scheduler accept: `$`, `.name`, `['name']`, `[0]` and `[*]`.
 * Undefined when the path leads nowhere; with a `[*]` the values found, as a list.
 *
 * @throws Error when the text is not such a path
 */
export function jsonPath(path: string, document: unknown): unknown {
  const steps = parse(path);
  const values = steps.reduce<readonly unknown[]>(
    (found, step) => found.flatMap((value) => walk(value, step)),
    [document],
  );
  return steps.includes('[*]') ? values : values[0];
}

/** True when the text is a JSONPath that {@link jsonPath} can follow. */
export function isJsonPath(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function parse(path: string): readonly (string | number)[] {
  if (!path.startsWith('$')) throw new Error(`'${path}' is not a JSONPath; it starts with $`);
  const steps: (string | number)[] = [];
  const step = /\.([A-Za-z0-9_$/-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[([0-9]+)\]|(\[\*\]|\.\*)/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const at = step.lastIndex;
    const match = step.exec(path);
    if (match === null) throw new Error(`'${path}' is not a JSONPath: nothing known at '${path.slice(at)}'`);
    const [, dotted, single, double, index] = match;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(dotted ?? single ?? double ?? '[*]');
  }
  return steps;
}

function walk(value: unknown, step: string | number): readonly unknown[] {
  if (step === '[*]') return typeof value === 'object' && value !== null ? Object.values(value) : [];
  if (typeof step === 'number') return Array.isArray(value) && step < value.length ? [value[step] as unknown] : [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const found = (value as Readonly<Record<string, unknown>>)[step];
  return found === undefined ? [] : [found];
}
