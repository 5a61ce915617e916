/**
 * Glob patterns as CodePipeline's trigger filters read them: `*` stays inside one path segment, `**` crosses `/`, `?` is one
 * character but `/`, `[abc]` and `[a-z]` are one of several, `{a,b}` is one of several words, a backslash escapes.
 *
 * Used to check the synthesized filters and by the local account's triggers, so that both read a pattern the same way.
 */

/** Takes one character. */
type Takes = (character: string) => boolean;

/** One way on from a state: by a character, or without one. */
interface Edge {
  readonly to: number;
  readonly takes?: Takes;
}

/**
 * A glob as a machine that is in several states at once: it reads a name once, so that no pattern, however nested, takes
 * longer than its length times the name's.
 *
 * @throws Error when a bracket or brace is not closed.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const machine = new Machine();
  /** Where the open braces began, and where their words end. */
  const braces: { readonly from: number; readonly to: number }[] = [];
  let at = machine.state();
  const step = (takes: Takes): void => void (at = machine.next(at, takes));
  const loop = (takes: Takes): void => {
    at = machine.next(at);
    machine.edge(at, { to: at, takes });
  };
  const words = charactersOf(pattern);
  for (let index = 0; index < words.length; index += 1) {
    const character = words[index] ?? '';
    const brace = braces.at(-1);
    if (character === '\\') {
      index += 1;
      const escaped = words[index] ?? '';
      if (escaped !== '') step((each) => each === escaped);
    } else if (character === '*' && words[index + 1] === '*') {
      index += 1;
      loop(() => true);
    } else if (character === '*') loop(notSlash);
    else if (character === '?') step(notSlash);
    else if (character === '[') {
      const end = words.indexOf(']', index + 1);
      if (end < 0) throw new Error(`'${pattern}' opens a bracket and does not close it`);
      step(oneOf(words.slice(index + 1, end)));
      index = end;
    } else if (character === '{') {
      braces.push({ from: at, to: machine.state() });
      at = machine.next(at);
    } else if (character === '}' && brace !== undefined) {
      machine.edge(at, { to: brace.to });
      at = brace.to;
      braces.pop();
    } else if (character === ',' && brace !== undefined) {
      machine.edge(at, { to: brace.to });
      at = machine.next(brace.from);
    } else step((each) => each === character);
  }
  if (braces.length > 0) throw new Error(`'${pattern}' opens a brace and does not close it`);
  const end = at;
  return (name) => machine.accepts(name, end);
}

class Machine {
  private readonly edges: Edge[][] = [];

  state(): number {
    return this.edges.push([]) - 1;
  }

  edge(from: number, edge: Edge): void {
    this.edges[from]?.push(edge);
  }

  /** A new state behind another. */
  next(from: number, takes?: Takes): number {
    const to = this.state();
    this.edge(from, takes === undefined ? { to } : { to, takes });
    return to;
  }

  /** Whether the whole name leads from the first state to that one. */
  accepts(name: string, end: number): boolean {
    let states = this.withFree([0]);
    for (const character of charactersOf(name)) {
      const next: number[] = [];
      for (const state of states)
        for (const { to, takes } of this.edges[state] ?? []) if (takes?.(character) === true) next.push(to);
      states = this.withFree(next);
    }
    return states.has(end);
  }

  /** States and all that are reached from them without a character. */
  private withFree(given: readonly number[]): ReadonlySet<number> {
    const states = new Set(given);
    for (const state of states)
      for (const { to, takes } of this.edges[state] ?? []) if (takes === undefined) states.add(to);
    return states;
  }
}

const charactersOf = (text: string): readonly string[] => text.split('');

const notSlash: Takes = (character) => character !== '/';

/** Characters and ranges between brackets. */
function oneOf(members: readonly string[]): Takes {
  const ranges: (readonly [string, string])[] = [];
  for (let index = 0; index < members.length; index += 1) {
    const first = members[index] ?? '';
    const last = members[index + 1] === '-' ? members[index + 2] : undefined;
    if (last !== undefined && last < first)
      throw new Error(`the range ${first}-${last} in brackets ends before it begins`);
    ranges.push([first, last ?? first]);
    if (last !== undefined) index += 2;
  }
  return (character) => ranges.some(([first, last]) => character >= first && character <= last);
}

/** Includes and excludes of one filter. */
export interface PatternFilter {
  readonly includes?: readonly string[];
  readonly excludes?: readonly string[];
}

/** Whether a filter lets a name through. Excludes win over includes; without includes everything else passes. */
export function passes({ includes = [], excludes = [] }: PatternFilter, name: string): boolean {
  const matches = (pattern: string): boolean => compileGlob(pattern)(name);
  return !excludes.some(matches) && (includes.length === 0 || includes.some(matches));
}
