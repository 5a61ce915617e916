import { posix } from 'node:path';

/** Imports between files, by their path from the root. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/**
 * Folders beside each other that import each other in a circle, each list sorted. A folder counts with everything below it, so a
 * folder and one inside it are no circle: a folder may put together what its parts make.
 */
export function circlesOf(imports: readonly Import[]): readonly (readonly string[])[] {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const pair = siblings(from, to);
    if (pair === undefined) continue;
    edges.set(pair[0], (edges.get(pair[0]) ?? new Set()).add(pair[1]));
  }
  const reach = new Map([...edges.keys()].map((folder) => [folder, reachable(edges, folder)]));
  const found = new Map<string, readonly string[]>();
  for (const [folder, others] of reach) {
    const circle = [...others].filter((each) => reach.get(each)?.has(folder) === true).sort();
    if (circle.length > 1) found.set(circle.join(' '), circle);
  }
  return [...found.values()].sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

/** The two folders in which two files part ways; undefined when one of the files lies there itself. */
function siblings(from: string, to: string): readonly [string, string] | undefined {
  const [a, b] = [from, to].map((file) => posix.dirname(file).split('/')) as [string[], string[]];
  const depth = a.findIndex((part, index) => part !== b[index]);
  if (depth < 0 || depth >= b.length) return undefined;
  return [a.slice(0, depth + 1).join('/'), b.slice(0, depth + 1).join('/')];
}

function reachable(edges: ReadonlyMap<string, ReadonlySet<string>>, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const next of edges.get(at) ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        open.push(next);
      }
  return seen;
}
