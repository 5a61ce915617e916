import { isObject } from '../definition';
import type { Node } from '../graph';
import { Graph } from '../graph';

/** What a definition is checked for beyond the language itself. */
export interface CheckOptions {
  /** Registered versions are going to be monitored, so they must carry DriftCheckBaselines. */
  readonly monitoring?: boolean;
}

/** A parameter as it is declared. */
export interface Declared {
  readonly name: string;
  readonly type: unknown;
  readonly default: unknown;
}

/** A definition with the indexes that the checks share. */
export class Subject {
  readonly graph: Graph;
  readonly steps: ReadonlyMap<string, Node>;
  readonly parameters: ReadonlyMap<string, Declared>;

  constructor(
    readonly definition: Record<string, unknown>,
    readonly options: CheckOptions,
  ) {
    this.graph = Graph.of(definition);
    this.steps = new Map(this.graph.nodes.map((node) => [node.name, node]));
    const list: unknown[] = Array.isArray(definition['Parameters']) ? definition['Parameters'] : [];
    const declared = list
      .filter(isObject)
      .map((p) => ({ name: String(p['Name']), type: p['Type'], default: p['DefaultValue'] }));
    this.parameters = new Map(declared.map((parameter) => [parameter.name, parameter]));
  }
}

/** The list at a key, or an empty one. */
export const listAt = (object: unknown, ...keys: readonly string[]): readonly Record<string, unknown>[] => {
  let value = object;
  for (const key of keys) value = isObject(value) ? value[key] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
};

/** The texts at a key of each entry. */
export const namesAt = (list: readonly Record<string, unknown>[], key: string): string[] =>
  list.map((entry) => entry[key]).filter((name) => typeof name === 'string');
