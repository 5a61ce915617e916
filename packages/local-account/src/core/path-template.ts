/**
 * Labels of a path that fits a template such as `/apis/{id}/routes/{path+}`: `{id}` is one segment, `{path+}` one or more. At most
 * one label takes more than one segment. Undefined when the path does not fit.
 */
export function labelsOf(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  const greedy = wanted.findIndex((each) => each.endsWith('+}'));
  const spare = given.length - wanted.length;
  if (spare < 0 || (greedy < 0 && spare > 0)) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const last = index === greedy ? index + spare : index;
    const from = greedy >= 0 && index > greedy ? index + spare : index;
    const value = given.slice(from, Math.max(from, last) + 1).join('/');
    const label = labelOf(segment);
    if (label === undefined ? segment !== value : value === '') return undefined;
    if (label !== undefined) labels[label] = value;
  }
  return labels;
}

function labelOf(segment: string): string | undefined {
  if (!segment.startsWith('{') || !segment.endsWith('}')) return undefined;
  return segment.slice(1, segment.endsWith('+}') ? -2 : -1);
}
