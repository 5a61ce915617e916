import type { Node } from '../graph';
import { OWN_PROPERTIES } from './own-shapes';
import type { Shape } from './shape-types';
import { shapeOf, stepShape } from './shape';
import { listAt, namesAt } from './subject';

/** What a property path leads to: a type, or what is wrong with the path. */
export type Lead =
  | { readonly type: Shape['type'] }
  | { readonly code: 'unknown-output' | 'unknown-property'; readonly known: readonly string[]; readonly at: string };

const ANYTHING: Lead = { type: 'any' };
const SEGMENT = /\.?([A-Za-z][A-Za-z0-9_-]*)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/y;

/** Splits `Outputs['train'].S3Output` into its keys; undefined when it cannot be read. */
export function segmentsOf(property: string): { key: string; named: boolean }[] | undefined {
  const out: { key: string; named: boolean }[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < property.length) {
    const match = SEGMENT.exec(property);
    if (match === null) return undefined;
    const name = match[2] ?? match[3];
    out.push({ key: match[1] ?? name ?? match[4] ?? '', named: match[1] === undefined });
  }
  return out;
}

/** Lists whose entries are reached by a name that the step itself declares. */
const NAMED: Readonly<Record<string, readonly [readonly string[], string]>> = {
  'Processing.ProcessingOutputConfig.Outputs': [['Arguments', 'ProcessingOutputConfig', 'Outputs'], 'OutputName'],
  'Processing.ProcessingInputs': [['Arguments', 'ProcessingInputs'], 'InputName'],
};

/** Follows a property path of a step through the answer of its Describe call. */
export function follow(step: Node, property: string): Lead {
  if (step.type === 'Lambda' || step.type === 'Callback') return followCall(step, property);
  const own = OWN_PROPERTIES[step.type] ?? [];
  const answers = stepShape(step.type)?.answers ?? [];
  if (own.includes(property)) return { type: 'string' };
  if (answers.length === 0) {
    return OWN_PROPERTIES[step.type] === undefined ? ANYTHING : { code: 'unknown-property', known: own, at: property };
  }
  // Several answers are looked through one after the other: to merge them for every reference costs more than all checks.
  const roots = answers.map(shapeOf).reverse();
  let shape: Shape = { type: 'structure' };
  let walked = '';
  for (const { key, named } of segmentsOf(property) ?? [{ key: property, named: false }]) {
    const owners = walked === '' ? roots : [shape];
    const owner = owners.find((each) => each.members?.[key] !== undefined);
    const next: string | undefined = named ? (shape.member ?? shape.value) : owner?.members?.[key];
    if (next === undefined) return { code: 'unknown-property', known: membersOf(owners), at: key };
    const declared = NAMED[`${step.type}${walked}`];
    if (named && declared !== undefined && !/^\d+$/.test(key)) {
      const known = namesAt(listAt(step.definition, ...declared[0]), declared[1]);
      if (!known.includes(key)) return { code: 'unknown-output', known, at: key };
    }
    walked += named ? '[]' : `.${key}`;
    shape = shapeOf(next);
  }
  return { type: shape.type };
}

/** Names of all members, each once. */
const membersOf = (shapes: readonly Shape[]): string[] => [
  ...new Set([...shapes].reverse().flatMap((each) => Object.keys(each.members ?? {}))),
];

const BECOMES: Readonly<Record<string, Shape['type']>> = {
  String: 'string',
  Integer: 'integer',
  Float: 'float',
  Boolean: 'boolean',
};

function followCall(step: Node, property: string): Lead {
  const [root, output, ...rest] = segmentsOf(property) ?? [];
  if (root?.key !== 'OutputParameters' || output === undefined || rest.length > 0) {
    return { code: 'unknown-property', known: ["OutputParameters['name']"], at: property };
  }
  const outputs = listAt(step.definition, 'OutputParameters');
  const found = outputs.find((entry) => entry['OutputName'] === output.key);
  if (found === undefined) return { code: 'unknown-output', known: namesAt(outputs, 'OutputName'), at: output.key };
  return { type: BECOMES[String(found['OutputType'])] ?? 'any' };
}
