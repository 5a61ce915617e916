import type { Json } from './definition';
import { isObject } from './definition';
import { Expression } from './expression';

/** Keys that come first, in this order; all others follow in the order of the alphabet. */
const LEADING = [
  'Version',
  'Metadata',
  'Parameters',
  'PipelineExperimentConfig',
  'MlflowConfig',
  'Steps',
  'Name',
  'Type',
  'DisplayName',
  'Description',
  'DependsOn',
  'Arguments',
];
const rank = new Map(LEADING.map((key, index) => [key, index]));
const byKey = (a: string, b: string): number => {
  const left = rank.get(a) ?? LEADING.length;
  const right = rank.get(b) ?? LEADING.length;
  if (left !== right) return left - right;
  return a < b ? -1 : a > b ? 1 : 0;
};

/**
 * Turns step classes, expressions and literals into plain JSON: undefined members are dropped, keys are ordered, and
 * whatever JSON cannot carry is refused with its path. Same input, same bytes.
 */
export function render(value: unknown, path = '$'): Json {
  if (value instanceof Expression) return render(value.toExpression(), path);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => render(item, `${path}[${index}]`));
  if (isObject(value) && isPlain(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    return Object.fromEntries(keys.sort(byKey).map((key) => [key, render(value[key], `${path}.${key}`)]));
  }
  throw new Error(
    `${path} is ${describe(value)}, which has no JSON form: use a literal, a plain object, a list or an expression`,
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (isObject(value)) return `a ${value.constructor.name}`;
  return typeof value === 'number' ? String(value) : `of type ${typeof value}`;
}
