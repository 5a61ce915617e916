/** Levels of lists and structures that no document of AWS reaches; deeper ones come from who means harm. */
export const deepest = 200;

/** Whether a value nests lists and structures deeper than so many levels. Never recurses itself. */
export function nestsDeeper(value: unknown, levels = deepest): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    const below: unknown[] = [];
    for (const each of level)
      if (typeof each === 'object' && each !== null && !ArrayBuffer.isView(each))
        for (const child of Object.values(each)) if (typeof child === 'object' && child !== null) below.push(child);
    level = below;
  }
  return false;
}

/**
 * JSON that came from outside: what reads it may recurse without running out of stack.
 *
 * @throws SyntaxError when it is no JSON, or nests too deeply.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (nestsDeeper(value)) throw new SyntaxError(`JSON that nests deeper than ${deepest} levels is not read`);
  return value;
}
