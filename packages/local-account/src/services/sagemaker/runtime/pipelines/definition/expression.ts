import { validation } from '../../../../../core/errors';
import type { Json } from '../../../../../core/service';

/** What the expressions of a definition can see while a step's arguments are made. */
export interface Scope {
  parameter(name: string): Json | undefined;
  execution(variable: string): Json | undefined;
  experiment(member: string): Json | undefined;
  /** What the step's Describe call answers. @throws when the step has not succeeded. */
  step(name: string): Json;
  /** Parsed property file of a step. */
  propertyFile(step: string, file: string): Promise<Json>;
  /** Parsed JSON object in S3. */
  document(uri: string): Promise<Json>;
}

export type JsonObject = { readonly [key: string]: Json | undefined };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Name of the expression an object is (`Get`, `Std:Join`, `Std:JsonGet`), or undefined for plain data. */
export function expressionKind(value: Json | undefined): 'Get' | 'Std:Join' | 'Std:JsonGet' | undefined {
  if (!isObject(value)) return undefined;
  const [key, ...more] = Object.keys(value);
  if (more.length > 0) return undefined;
  return key === 'Get' || key === 'Std:Join' || key === 'Std:JsonGet' ? key : undefined;
}

/** What a `Get` points at. */
export type Reference =
  | { readonly kind: 'parameter'; readonly name: string; readonly text: string }
  | { readonly kind: 'execution'; readonly name: string; readonly text: string }
  | { readonly kind: 'experiment'; readonly name: string; readonly text: string }
  | {
      readonly kind: 'step';
      readonly step: string;
      readonly path: readonly (string | number)[];
      readonly text: string;
    };

/** Splits `a.b['c d'][0].e` into its members. */
export function pathMembers(path: string): (string | number)[] {
  const members: (string | number)[] = [];
  const pattern = /\.?([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/gy;
  while (pattern.lastIndex < path.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(path);
    if (match === null)
      throw validation(`'${path}' is not a path: unexpected '${path.slice(at, at + 10)}' at character ${at + 1}`);
    const [, plain, index, single, double] = match;
    members.push(index === undefined ? (plain ?? single ?? double ?? '') : Number(index));
  }
  return members;
}

/** Parses the text of a `Get`. @throws ValidationException for an unknown root. */
export function parseReference(text: string): Reference {
  const [root, name, ...path] = pathMembers(text).map(String);
  if (name === undefined) throw validation(`Unknown property reference [${text}]`);
  if (root === 'Steps') return { kind: 'step', step: name, path: pathMembers(text).slice(2), text };
  if (path.length === 0 && root === 'Parameters') return { kind: 'parameter', name, text };
  if (path.length === 0 && root === 'Execution') return { kind: 'execution', name, text };
  if (path.length === 0 && root === 'PipelineExperimentConfig') return { kind: 'experiment', name, text };
  throw validation(
    `Unknown property reference [${text}]; a reference starts with Parameters., Execution., PipelineExperimentConfig. or Steps.<name>.`,
  );
}

/** Every reference inside a value, expressions in expressions included, in document order. */
export function references(value: Json | undefined): Reference[] {
  if (Array.isArray(value)) return value.flatMap((each: Json) => references(each));
  if (!isObject(value)) return [];
  if (expressionKind(value) === 'Get' && typeof value['Get'] === 'string') return [parseReference(value['Get'])];
  return Object.values(value).flatMap((each) => references(each));
}

/** Names by which AWS lists are addressed, e.g. `Outputs['train']`. */
const nameMembers = ['OutputName', 'InputName', 'ChannelName', 'MetricName', 'Name', 'VariantName'];

function member(value: Json | undefined, key: string | number): Json | undefined {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (typeof key === 'number') return list[key];
    return list.find((each) => isObject(each) && nameMembers.some((name) => each[name] === key));
  }
  return isObject(value) ? value[String(key)] : undefined;
}

/** Follows members into a document; undefined when one is missing. */
export function follow(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => member(at, key), value);
}

/** How the service writes a value into text: numbers and booleans as JSON does, strings as they are. */
export const stringify = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function resolveReference(reference: Reference, scope: Scope): Promise<Json> {
  const missing = (): never => {
    throw validation(`Unknown property reference [${reference.text}]`);
  };
  switch (reference.kind) {
    case 'parameter':
      return scope.parameter(reference.name) ?? missing();
    case 'execution':
      return scope.execution(reference.name) ?? missing();
    case 'experiment':
      return scope.experiment(reference.name) ?? missing();
    case 'step':
      return follow(scope.step(reference.step), reference.path) ?? missing();
  }
}

async function jsonGet(value: JsonObject, scope: Scope): Promise<Json> {
  const path = String(value['Path'] ?? '').replace(/^\$\.?/, '');
  const file = value['PropertyFile'];
  let document: Json;
  let where: string;
  if (isObject(file) && typeof file['Get'] === 'string') {
    const reference = parseReference(file['Get']);
    if (reference.kind !== 'step' || reference.path[0] !== 'PropertyFiles')
      throw validation(`Std:JsonGet reads 'Steps.<step>.PropertyFiles.<file>', not [${reference.text}]`);
    where = reference.text;
    document = await scope.propertyFile(reference.step, String(reference.path[1]));
  } else if (value['S3Uri'] !== undefined) {
    where = stringify(await evaluate(value['S3Uri'], scope));
    document = await scope.document(where);
  } else {
    throw validation('Std:JsonGet needs PropertyFile or S3Uri');
  }
  const found = follow(document, pathMembers(path));
  if (found === undefined) throw validation(`JsonGet found nothing at path '${path}' in ${where}`);
  if (typeof found === 'object' && found !== null)
    throw validation(
      `JsonGet found ${Array.isArray(found) ? 'a list' : 'an object'} at path '${path}' in ${where}; it can read strings, numbers and booleans`,
    );
  return found;
}

/**
 * Replaces every expression inside a value by what it stands for.
 *
 * @throws ValidationException in the service's words for a reference to nothing.
 */
export async function evaluate(value: Json, scope: Scope): Promise<Json> {
  if (Array.isArray(value)) {
    const list: Json[] = [];
    for (const each of value as readonly Json[]) list.push(await evaluate(each, scope));
    return list;
  }
  if (!isObject(value)) return value;
  switch (expressionKind(value)) {
    case 'Get':
      return resolveReference(parseReference(String(value['Get'])), scope);
    case 'Std:Join': {
      const join = value['Std:Join'];
      if (!isObject(join) || !Array.isArray(join['Values']))
        throw validation("Std:Join needs 'On' and a list 'Values'");
      const values = (await evaluate(join['Values'] as Json, scope)) as readonly Json[];
      return values
        .flatMap((each) => (Array.isArray(each) ? (each as readonly Json[]) : [each]))
        .map(stringify)
        .join(String(join['On'] ?? ''));
    }
    case 'Std:JsonGet':
      return jsonGet(value['Std:JsonGet'] as JsonObject, scope);
    case undefined: {
      const result: Record<string, Json> = {};
      for (const [key, each] of Object.entries(value))
        if (each !== undefined) result[key] = await evaluate(each, scope);
      return result;
    }
  }
}
