import { parseJson } from '../../core/json';
import { isBody } from '../../core/input';
import { nestDottedKeys } from './pattern-keys';
import { compileMatcher, PatternError, type Matcher } from './pattern-matchers';

export { PatternError } from './pattern-matchers';

/** Says whether an event matches. */
export type Pattern = (event: unknown) => boolean;

/** A condition on one level of the event: `undefined` stands for "this level is absent". */
type Condition = (node: Readonly<Record<string, unknown>> | undefined) => boolean;

/**
 * Compiles an EventBridge event pattern.
 *
 * Rules as EventBridge documents them: every key of the pattern must match, a list of alternatives matches when one of
 * them does, `$or` joins alternatives of several keys, an array in the event matches when one of its elements does, and
 * for an array of objects one single element has to satisfy the whole nested pattern. Keys the pattern does not name
 * are ignored. A key with dots is a path, in the pattern and in the event.
 *
 * @param pattern JSON text or the parsed object
 * @throws PatternError in EventBridge's words, naming the path of the key that is wrong
 */
export function compilePattern(pattern: unknown): Pattern {
  const parsed = typeof pattern === 'string' ? parse(pattern) : pattern;
  if (!isBody(parsed)) throw new PatternError('Filter is not an object');
  const nested = nestDottedKeys(parsed);
  const condition = compileLevel(isBody(nested) ? nested : parsed, []);
  return (event) => {
    const seen = nestDottedKeys(event);
    return condition(isBody(seen) ? seen : undefined);
  };
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new PatternError(`Filter is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function compileLevel(pattern: Readonly<Record<string, unknown>>, path: readonly string[]): Condition {
  const keys = Object.keys(pattern);
  if (keys.length === 0) throw new PatternError('Empty objects are not allowed', path);
  const conditions = keys.map((key) =>
    key === '$or' && isAlternatives(pattern[key])
      ? compileOr(pattern[key], [...path, key])
      : compileKey(key, pattern[key], [...path, key]),
  );
  return (node) => conditions.every((condition) => condition(node));
}

/** `$or` is an operator when it holds at least two objects; otherwise it is a field of that name, as for EventBridge. */
function isAlternatives(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length > 1 && value.every(isBody);
}

function compileOr(alternatives: readonly Readonly<Record<string, unknown>>[], path: readonly string[]): Condition {
  const conditions = alternatives.map((each, index) => compileLevel(each, [...path, String(index)]));
  return (node) => conditions.some((condition) => condition(node));
}

function compileKey(key: string, value: unknown, path: readonly string[]): Condition {
  if (Array.isArray(value)) return compileLeaf(key, value, path);
  if (!isBody(value)) throw new PatternError(`"${key}" must be an object or an array`, path);
  const nested = compileLevel(value, path);
  return (node) => candidates(node?.[key]).some(nested);
}

function compileLeaf(key: string, alternatives: readonly unknown[], path: readonly string[]): Condition {
  if (alternatives.length === 0) throw new PatternError('Empty arrays are not allowed', path);
  const matchers = alternatives.map((each): Matcher => compileMatcher(each, path));
  return (node) => {
    const leaves = leavesOf(node?.[key]);
    return matchers.some((matcher) => matcher(leaves));
  };
}

/** What a nested pattern is tried on: the object, or each object of an array; absent when there is none. */
function candidates(value: unknown): readonly (Readonly<Record<string, unknown>> | undefined)[] {
  if (isBody(value)) return [value];
  const objects = Array.isArray(value) ? value.flat(Infinity).filter(isBody) : [];
  return objects.length > 0 ? objects : [undefined];
}

/** Scalars found at a key: itself, or the elements of an array. Objects are not leaves, an empty array has none. */
function leavesOf(value: unknown): readonly unknown[] {
  if (value === undefined || isBody(value)) return [];
  return Array.isArray(value) ? value.flat(Infinity).filter((each) => !isBody(each)) : [value];
}
