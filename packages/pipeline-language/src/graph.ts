import { isObject } from './definition';
import { findReferences } from './reference';

/** One step in the graph. */
export interface Node {
  readonly name: string;
  readonly type: string;
  /** The condition and branch that the step belongs to. */
  readonly branch?: { readonly of: string; readonly side: 'if' | 'else' | 'body' };
  /** Path of the step in the definition. */
  readonly path: string;
  readonly definition: Record<string, unknown>;
}

/** `from` runs before `to`, because of a reference, a DependsOn entry, or a branch. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly why: 'reference' | 'depends-on' | 'branch';
}

const BRANCHES = [
  ['IfSteps', 'if'],
  ['ElseSteps', 'else'],
  ['ForEachBody', 'body'],
] as const;
export const BRANCH_KEYS: readonly string[] = BRANCHES.map(([key]) => key as string);

/** The steps and edges of a definition. Edges come from references, so nothing has to be declared twice. */
export class Graph {
  private readonly incoming = new Map<string, string[]>();

  private constructor(
    readonly nodes: readonly Node[],
    readonly edges: readonly Edge[],
  ) {
    for (const { from, to } of edges) {
      const list = this.incoming.get(to);
      if (list === undefined) this.incoming.set(to, [from]);
      else list.push(from);
    }
  }

  /** Reads any definition, ours or foreign; what is not a step with a name is left out. */
  static of(definition: unknown): Graph {
    const nodes = isObject(definition) ? [...nodesIn(definition['Steps'], 'Steps')] : [];
    const edges = nodes.flatMap(edgesInto);
    const key = (edge: Edge): string => `${edge.from}>${edge.to}`;
    return new Graph(nodes, [...new Map(edges.reverse().map((edge) => [key(edge), edge])).values()].reverse());
  }

  /** Names of the steps that run directly before a step. */
  before(name: string): readonly string[] {
    return this.incoming.get(name) ?? [];
  }

  /** Step names with every step after those it waits for; steps of a cycle, and those behind it, are left out. */
  order(): string[] {
    return this.runnable(new Set(this.nodes.map((node) => node.name)));
  }

  /** Routes through cycles, first name repeated at the end; cycles that share a step count as one. */
  cycles(): string[][] {
    const routes: string[][] = [];
    const names = new Set(this.nodes.map((node) => node.name));
    for (;;) {
      const left = new Set(names);
      this.runnable(names).forEach((name) => left.delete(name));
      const [start] = left;
      if (start === undefined) return routes;
      const route = this.backwards(start, left);
      routes.push(route);
      route.forEach((name) => names.delete(name));
    }
  }

  /** The names, ordered, of those that can run when only these steps count. */
  private runnable(names: ReadonlySet<string>): string[] {
    const done = new Set<string>();
    let waiting = [...names];
    for (;;) {
      const ready = waiting.filter((name) => this.before(name).every((from) => done.has(from) || !names.has(from)));
      if (ready.length === 0) return [...done];
      ready.forEach((name) => done.add(name));
      waiting = waiting.filter((name) => !done.has(name));
    }
  }

  /** Every step that is left waits for another one, so walking backwards ends in a cycle. */
  private backwards(start: string, left: ReadonlySet<string>): string[] {
    const route = [start];
    for (;;) {
      const next = this.before(route[route.length - 1] ?? '').find((from) => left.has(from)) ?? start;
      const seen = route.indexOf(next);
      route.push(next);
      if (seen >= 0) return route.slice(seen).reverse();
    }
  }
}

function* nodesIn(steps: unknown, path: string, branch?: Node['branch']): Generator<Node> {
  if (!Array.isArray(steps)) return;
  for (const [index, step] of steps.entries()) {
    if (!isObject(step) || typeof step['Name'] !== 'string') continue;
    const at = `${path}[${index}]`;
    const name = step['Name'];
    yield { name, type: String(step['Type']), branch, path: at, definition: step };
    const body = step['Arguments'];
    if (!isObject(body)) continue;
    for (const [key, side] of BRANCHES) yield* nodesIn(body[key], `${at}.Arguments.${key}`, { of: name, side });
  }
}

function edgesInto(node: Node): Edge[] {
  const edges: Edge[] = [];
  const { definition, name } = node;
  if (node.branch !== undefined) edges.push({ from: node.branch.of, to: name, why: 'branch' });
  for (const entry of Array.isArray(definition['DependsOn']) ? definition['DependsOn'] : []) {
    const from: unknown = isObject(entry) ? entry['Step'] : entry;
    if (typeof from === 'string') edges.push({ from, to: name, why: 'depends-on' });
  }
  const { Arguments: body, ...members } = definition;
  for (const { reference } of [...findReferences(body, 'Arguments', BRANCH_KEYS), ...findReferences(members, '')]) {
    if (reference.kind === 'step' && reference.step !== '')
      edges.push({ from: reference.step, to: name, why: 'reference' });
  }
  return edges;
}
