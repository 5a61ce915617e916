import { createRequire } from 'node:module';
import { validation } from '../../../core/errors';
import type { Body } from '../../../core/service';

/**
 * Request and response shapes of the SageMaker API, read from the schemas that the AWS SDK carries.
 *
 * One source for four things: requests are checked for missing, misspelt and mistyped members; step arguments of a
 * pipeline definition are checked before anything runs; answers hold exactly the members of the API, times as `Date`s.
 */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'any' }
  | { readonly kind: 'list'; readonly of: () => Shape }
  | { readonly kind: 'map'; readonly of: () => Shape }
  | {
      readonly kind: 'structure';
      readonly name: string;
      readonly members: ReadonlyMap<string, () => Shape>;
      readonly required: readonly string[];
    };

const simple: Readonly<Record<number, Shape>> = {
  0: { kind: 'string' },
  1: { kind: 'number' },
  2: { kind: 'boolean' },
  4: { kind: 'timestamp' },
  5: { kind: 'timestamp' },
  6: { kind: 'timestamp' },
  7: { kind: 'timestamp' },
  15: { kind: 'any' },
  17: { kind: 'number' },
  19: { kind: 'number' },
  21: { kind: 'blob' },
};

/** Reads one node of the SDK's schema notation: a number, a thunk, `[schema, traits]` or `[kind, namespace, name, ...]`. */
function read(schema: unknown): Shape {
  if (typeof schema === 'function') return read((schema as () => unknown)());
  if (typeof schema === 'number') {
    if ((schema & 128) !== 0) return { kind: 'map', of: () => read(schema & 63) };
    if ((schema & 64) !== 0) return { kind: 'list', of: () => read(schema & 63) };
    return simple[schema] ?? { kind: 'any' };
  }
  if (!Array.isArray(schema)) return { kind: 'any' };
  const node = schema as readonly unknown[];
  if (node.length === 2) return read(node[0]);
  switch (node[0]) {
    case 0:
      return read(node[4]);
    case 1:
      return { kind: 'list', of: () => read(node[4]) };
    case 2:
      return { kind: 'map', of: () => read(node[5]) };
    case 3:
    case 4: {
      const names = node[4] as readonly string[];
      const types = node[5] as readonly unknown[];
      return {
        kind: 'structure',
        name: String(node[2]),
        members: new Map(names.map((name, index) => [name, () => read(types[index])])),
        required: names.slice(0, (node[6] as number | undefined) ?? 0),
      };
    }
    default:
      return { kind: 'any' };
  }
}

/** Called for a value that is an expression instead of data; answers what is wrong with it there, or undefined. */
export type ExpressionCheck = (value: Body, expected: Shape['kind']) => string | undefined;
/** Tells whether a value is an expression. */
export type ExpressionTest = (value: unknown) => boolean;

export interface CheckOptions {
  /** Members that may be absent although the shape requires them (a step has no job name). */
  readonly optional?: readonly string[];
  readonly isExpression?: ExpressionTest;
  readonly checkExpression?: ExpressionCheck;
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export class Shapes {
  private schemas: Readonly<Record<string, unknown>> | undefined;
  private readonly known = new Map<string, Shape>();

  /** Everything that is wrong with a request, each with its path, in the service's wording. */
  problems(operation: string, request: unknown, options: CheckOptions = {}): string[] {
    const problems: string[] = [];
    check(this.input(operation), request, '', options, problems);
    return problems;
  }

  /** @throws ValidationException that lists every problem of a request. */
  checkInput(operation: string, request: Body): void {
    const problems = this.problems(operation, request);
    if (problems.length === 0) return;
    throw validation(
      `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: ${problems.join('; ')}`,
    );
  }

  /** The members of an answer that the API has, with times as `Date`s. */
  output(operation: string, answer: Body): Body {
    return project(
      this.remember(`${operation} output`, () => read(this.operation(operation)[5])),
      answer,
    ) as Body;
  }

  /** A request as a template spells it, with text turned into the numbers and booleans that the API wants. */
  typed(operation: string, input: Body): Body {
    return typed(this.input(operation), input) as Body;
  }

  private input(operation: string): Shape {
    return this.remember(`${operation} input`, () => read(this.operation(operation)[4]));
  }

  private operation(name: string): readonly unknown[] {
    const schema = this.schema(name);
    return (typeof schema === 'function' ? (schema as () => unknown)() : schema) as readonly unknown[];
  }

  private schema(name: string): unknown {
    // Loaded on first use: the client takes a fifth of a second to import.
    this.schemas ??= createRequire(__filename)('@aws-sdk/client-sagemaker') as Readonly<Record<string, unknown>>;
    const schema = this.schemas[`${name}$`];
    if (schema === undefined) throw new Error(`the SageMaker API has no ${name}`);
    return schema;
  }

  private remember(key: string, make: () => Shape): Shape {
    let shape = this.known.get(key);
    if (shape === undefined) {
      shape = make();
      this.known.set(key, shape);
    }
    return shape;
  }
}

const article = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  timestamp: 'a time',
  blob: 'bytes',
  list: 'a list',
  map: 'a map',
  structure: 'a structure',
  any: 'anything',
} as const;

function check(shape: Shape, value: unknown, path: string, options: CheckOptions, problems: string[]): void {
  const at = path === '' ? 'the request' : `'${path}'`;
  if (options.isExpression?.(value) === true) {
    const problem = options.checkExpression?.(value as Body, shape.kind);
    if (problem !== undefined) problems.push(`${at}: ${problem}`);
    return;
  }
  const wrong = (): number =>
    problems.push(`${at} must be ${article[shape.kind]}, not ${JSON.stringify(value)?.slice(0, 80) ?? 'nothing'}`);
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') wrong();
      return;
    case 'number':
      if (typeof value !== 'number') wrong();
      return;
    case 'boolean':
      if (typeof value !== 'boolean') wrong();
      return;
    case 'list':
      if (!Array.isArray(value)) wrong();
      else value.forEach((each, index) => check(shape.of(), each, `${path}[${index}]`, options, problems));
      return;
    case 'map':
      if (!isStructure(value)) wrong();
      else
        for (const [key, each] of Object.entries(value)) check(shape.of(), each, `${path}.${key}`, options, problems);
      return;
    case 'structure':
      if (!isStructure(value)) {
        wrong();
        return;
      }
      checkMembers(shape, value, path, options, problems);
      return;
    default:
      return;
  }
}

function checkMembers(
  shape: Extract<Shape, { kind: 'structure' }>,
  value: Body,
  path: string,
  options: CheckOptions,
  problems: string[],
): void {
  const below = (name: string): string => (path === '' ? lowerFirst(name) : `${path}.${lowerFirst(name)}`);
  for (const name of shape.required) {
    if (
      (value[name] === undefined || value[name] === null) &&
      !(path === '' && options.optional?.includes(name) === true)
    ) {
      problems.push(`Value null at '${below(name)}' failed to satisfy constraint: Member must not be null`);
    }
  }
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined || each === null) continue;
    const member = shape.members.get(name);
    if (member === undefined)
      problems.push(
        `Unknown member '${name}' in ${path === '' ? shape.name : `'${path}'`}; there are: ${[...shape.members.keys()].join(', ')}`,
      );
    else check(member(), each, below(name), options, problems);
  }
}

const isStructure = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function project(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'timestamp':
      return value instanceof Date
        ? value
        : typeof value === 'number'
          ? new Date(value * 1000)
          : new Date(String(value));
    case 'list':
      return (value as readonly unknown[]).map((each) => project(shape.of(), each));
    case 'map':
      return Object.fromEntries(Object.entries(value as Body).map(([key, each]) => [key, project(shape.of(), each)]));
    case 'structure': {
      const result: Record<string, unknown> = {};
      for (const [name, member] of shape.members) {
        const each = project(member(), (value as Body)[name]);
        if (each !== undefined) result[name] = each;
      }
      return result;
    }
    default:
      return value;
  }
}

function typed(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'number':
      return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    case 'list':
      return Array.isArray(value) ? value.map((each) => typed(shape.of(), each)) : value;
    case 'map':
      return isStructure(value)
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, typed(shape.of(), each)]))
        : value;
    case 'structure':
      if (!isStructure(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => {
          const member = shape.members.get(key);
          return [key, member === undefined ? each : typed(member(), each)];
        }),
      );
    default:
      return value;
  }
}
