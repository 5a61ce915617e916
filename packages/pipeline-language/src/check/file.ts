import { readFileSync } from 'node:fs';
import { isObject } from '../definition';
import { Graph } from '../graph';
import { checkDefinition } from './check';
import type { Problem } from './problem';
import { NOTES } from './problem';
import type { CheckOptions } from './subject';

/** What `mooring check FILE` tells. */
export interface CheckedFile {
  readonly path: string;
  /** True when nothing but notes was found. */
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly steps: number;
  readonly parameters: number;
  readonly bytes: number;
  /** The graph of whatever could be read; draw it with toText, toDot or toMermaid. */
  readonly graph: Graph;
}

/**
 * Checks a file: a definition, or what CreatePipeline takes and DescribePipeline answers, which hold one as text in
 * `PipelineDefinition`.
 */
export function checkFile(path: string, options: CheckOptions = {}): CheckedFile {
  const definition = unwrapped(parsed(readText(path)));
  const problems = checkDefinition(definition, options);
  const parameters =
    isObject(definition) && Array.isArray(definition['Parameters']) ? definition['Parameters'].length : 0;
  const graph = Graph.of(definition);
  const ok = problems.every((problem) => NOTES.includes(problem.code));
  return {
    path,
    ok,
    problems,
    steps: graph.nodes.length,
    parameters,
    bytes: Buffer.byteLength(JSON.stringify(definition) ?? ''),
    graph,
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code);
    throw new Error(`cannot read ${path}: ${why}`, { cause: error });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function unwrapped(value: unknown): unknown {
  if (!isObject(value) || 'Steps' in value) return value;
  const inner = value['PipelineDefinition'] ?? value['PipelineDefinitionBody'];
  if (typeof inner === 'string') return parsed(inner);
  return isObject(inner) ? unwrapped(inner) : value;
}
