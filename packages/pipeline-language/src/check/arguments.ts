import { isObject } from '../definition';
import { isExpression, parseReference } from '../reference';
import { carriesToken } from '../token';
import type { Problem, Report } from './problem';
import { nearest, oneOf } from './problem';
import { follow } from './property-type';
import type { Shape } from './shape-types';
import { matches, shapeOf } from './shape';
import type { Subject } from './subject';

/** Holds values against the shapes of the service model, with expressions where the service takes them. */
export class ShapeCheck {
  constructor(
    private readonly subject: Subject,
    private readonly report: Report,
    private readonly step: string | undefined,
  ) {}

  /** `optional` names members that SageMaker fills in although the request requires them. */
  check(value: unknown, shapeName: string, path: string, optional: readonly string[] = []): void {
    const shape = shapeOf(shapeName);
    if (shape.type === 'any' || carriesToken(value)) return;
    if (isExpression(value)) return this.expression(value, shape, shapeName, path);
    if (!hasType(value, shape)) {
      return this.add({
        code: 'wrong-type',
        path,
        value,
        message: `${last(path)} is ${kind(value)}`,
        allowed: noun(shape),
      });
    }
    if (isObject(value))
      return shape.type === 'map' ? this.map(value, shape, path) : this.structure(value, shape, path, optional);
    if (Array.isArray(value)) {
      this.size(value.length, shape, path, 'entries');
      value.forEach((item, index) => this.check(item, shape.member ?? '', `${path}[${index}]`));
    } else this.scalar(value, shape, shapeName, path);
  }

  private structure(value: Record<string, unknown>, shape: Shape, path: string, optional: readonly string[]): void {
    const members = shape.members ?? {};
    for (const [key, item] of Object.entries(value)) {
      const member = members[key];
      if (member !== undefined) this.check(item, member, `${path}.${key}`);
      else
        this.add({
          code: 'unknown-key',
          path: `${path}.${key}`,
          value: key,
          message: `${last(path)} has no member ${key}`,
          allowed: oneOf(Object.keys(members), key),
        });
    }
    for (const key of shape.required ?? []) {
      if (key in value || optional.includes(key)) continue;
      this.add({
        code: 'missing-key',
        path: `${path}.${key}`,
        message: `${last(path)} needs ${key}`,
        allowed: noun(shapeOf(members[key] ?? '')),
      });
    }
    if (shape.union === true && Object.keys(value).length !== 1) {
      this.add({
        code: 'length',
        path,
        value: Object.keys(value),
        message: `${last(path)} takes exactly one member`,
        allowed: oneOf(Object.keys(members)),
      });
    }
  }

  private map(value: Record<string, unknown>, shape: Shape, path: string): void {
    this.size(Object.keys(value).length, shape, path, 'entries');
    for (const [key, item] of Object.entries(value)) {
      this.check(key, shape.key ?? '', `${path}['${key}'] (the key)`);
      this.check(item, shape.value ?? '', `${path}['${key}']`);
    }
  }

  private scalar(value: unknown, shape: Shape, shapeName: string, path: string, origin = ''): void {
    const text = `${last(path)}${origin}`;
    if (typeof value === 'number') {
      if (value < (shape.min ?? -Infinity) || value > (shape.max ?? Infinity)) {
        this.add({ code: 'range', path, value, message: `${text} is ${value}`, allowed: interval(shape) });
      }
    } else if (typeof value === 'string') {
      if (shape.enum !== undefined && !shape.enum.includes(value)) {
        const instance = shapeName.endsWith('InstanceType');
        const allowed = instance
          ? `${nearest(value, shape.enum).join(', ')} ... (${shape.enum.length} in all)`
          : oneOf(shape.enum, value);
        const code = instance ? 'unknown-instance-type' : 'not-allowed';
        this.add({
          code,
          path,
          value,
          message: `${text} is ${instance ? 'an unknown instance type' : 'not one of the allowed values'}`,
          allowed,
        });
      }
      this.size(value.length, shape, path, 'characters', origin);
      if (shape.pattern !== undefined && !matches(shape.pattern, value)) {
        this.add({
          code: 'pattern',
          path,
          value,
          message: `${text} does not match its pattern`,
          allowed: shape.pattern,
        });
      }
    }
  }

  private size(count: number, shape: Shape, path: string, what: string, origin = ''): void {
    if (count >= (shape.min ?? 0) && count <= (shape.max ?? Infinity)) return;
    const message = `${last(path)}${origin} has ${count} ${what}`;
    this.add({ code: 'length', path, value: count, message, allowed: `${interval(shape)} ${what}` });
  }

  /** An expression in place of a value: its type must be the one wanted, and a parameter's default must fit too. */
  private expression(value: Record<string, unknown>, shape: Shape, shapeName: string, path: string): void {
    const found = this.typeOf(value);
    const wanted = shape.type;
    if (found === 'any' || found === 'timestamp' || wanted === 'timestamp') return;
    if (found === wanted || ACCEPTS[wanted]?.includes(found)) {
      const parameter = this.parameterOf(value);
      if (
        parameter !== undefined &&
        parameter.default !== undefined &&
        parameter.default !== null &&
        !carriesToken(parameter.default)
      ) {
        this.scalar(parameter.default, shape, shapeName, path, ` (default of parameter ${parameter.name})`);
      }
      return;
    }
    const what = typeof value['Get'] === 'string' ? value['Get'] : Object.keys(value)[0];
    const code = wanted === 'string' ? 'number-as-string' : 'reference-type';
    const allowed = wanted === 'string' ? 'a string: use asString(), which is Std:Join with On ""' : noun(shape);
    this.add({
      code,
      path,
      value,
      message: `${last(path)} wants ${noun(shape)}, and ${what} is ${article(found)}`,
      allowed,
    });
  }

  private parameterOf(value: Record<string, unknown>) {
    const reference = typeof value['Get'] === 'string' ? parseReference(value['Get']) : undefined;
    return reference?.kind === 'parameter' ? this.subject.parameters.get(reference.name) : undefined;
  }

  private typeOf(value: Record<string, unknown>): Shape['type'] {
    if ('Std:Join' in value) return 'string';
    if (typeof value['Get'] !== 'string') return 'any';
    const reference = parseReference(value['Get']);
    if (reference.kind === 'execution' || reference.kind === 'experiment') return 'string';
    if (reference.kind === 'parameter')
      return TYPES[String(this.subject.parameters.get(reference.name)?.type)] ?? 'any';
    const step = reference.kind === 'step' ? this.subject.steps.get(reference.step) : undefined;
    if (step === undefined || reference.kind !== 'step' || reference.property === '') return 'any';
    const lead = follow(step, reference.property);
    return 'type' in lead ? lead.type : 'any';
  }

  private add(problem: Omit<Problem, 'step'>): void {
    this.report({ ...problem, step: this.step });
  }
}

const TYPES: Readonly<Record<string, Shape['type']>> = {
  String: 'string',
  Integer: 'integer',
  Float: 'float',
  Boolean: 'boolean',
};
const ACCEPTS: Readonly<Record<string, readonly string[]>> = {
  integer: ['long'],
  long: ['integer'],
  float: ['integer', 'long'],
};

/** The last key of a path, with the index if it is one: what a message calls the value. */
export const last = (path: string): string => /[^.]+$/.exec(path)?.[0] ?? path;

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

function kind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`;
}

function noun(shape: Shape): string {
  if (shape.type === 'structure') return `an object with ${oneOf(Object.keys(shape.members ?? {}))}`;
  if (shape.enum !== undefined && shape.enum.length <= 12) return `one of ${shape.enum.join(', ')}`;
  return (
    { map: 'a map', list: 'a list', long: 'an integer', float: 'a number' }[shape.type as string] ?? article(shape.type)
  );
}

function interval({ min, max }: Shape): string {
  if (max === undefined) return `at least ${min}`;
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}

function hasType(value: unknown, shape: Shape): boolean {
  switch (shape.type) {
    case 'structure':
    case 'map':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'long':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'timestamp':
      return typeof value === 'number' || typeof value === 'string';
    case 'any':
      return true;
  }
}
