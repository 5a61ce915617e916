import { BlockList, isIP } from 'node:net';
import { isBody } from '../../core/input';
import { wildcard } from '../../core/wildcard';
import { wildcardComplexity } from './wildcard-complexity';

/** A pattern EventBridge would refuse. */
export class PatternError extends Error {
  constructor(reason: string, path: readonly string[] = []) {
    super(`Event pattern is not valid. Reason: ${reason}${path.length === 0 ? '' : ` (at ${path.join('.')})`}`);
    this.name = 'PatternError';
  }
}

/** Decides on the scalars found at one key of the event; none means that the key is absent. */
export type Matcher = (leaves: readonly unknown[]) => boolean;
type Test = (leaf: unknown) => boolean;
type Path = readonly string[];

const any =
  (test: Test): Matcher =>
  (leaves) =>
    leaves.some(test);

/** Compiles one element of a pattern's list of alternatives. */
export function compileMatcher(expected: unknown, path: Path): Matcher {
  if (!isBody(expected)) {
    if (Array.isArray(expected))
      throw new PatternError('Match value must be String, number, true, false, or null', path);
    return any((leaf) => leaf === expected);
  }
  const [operator, ...others] = Object.keys(expected);
  if (operator === undefined || others.length > 0)
    throw new PatternError('Only one key allowed in match expression', path);
  const operand = expected[operator];
  if (operator === 'exists') {
    if (typeof operand !== 'boolean') throw new PatternError('exists match pattern must be either true or false', path);
    return (leaves) => leaves.length > 0 === operand;
  }
  if (operator === 'anything-but') return any(anythingBut(operand, path));
  return any(compileTest(operator, operand, path));
}

function compileTest(operator: string, operand: unknown, path: Path): Test {
  switch (operator) {
    case 'prefix':
      return affix('prefix', operand, path, (value, affixed) => value.startsWith(affixed));
    case 'suffix':
      return affix('suffix', operand, path, (value, affixed) => value.endsWith(affixed));
    case 'equals-ignore-case': {
      const expected = requireText(operator, operand, path).toLowerCase();
      return (leaf) => typeof leaf === 'string' && leaf.toLowerCase() === expected;
    }
    case 'wildcard':
      return wildcardTest(operand, path);
    case 'numeric':
      return numeric(operand, path);
    case 'cidr':
      return cidr(operand, path);
    default:
      throw new PatternError(`Unrecognized match type ${operator}`, path);
  }
}

function affix(
  operator: string,
  operand: unknown,
  path: Path,
  holds: (value: string, affixed: string) => boolean,
): Test {
  if (isBody(operand)) {
    const keys = Object.keys(operand);
    if (keys.length !== 1 || keys[0] !== 'equals-ignore-case')
      throw new PatternError(`Unsupported anything-but/${operator} pattern: ${keys.join(', ')}`, path);
    const lower = requireText(operator, operand['equals-ignore-case'], path).toLowerCase();
    return (leaf) => typeof leaf === 'string' && holds(leaf.toLowerCase(), lower);
  }
  const expected = requireText(operator, operand, path);
  return (leaf) => typeof leaf === 'string' && holds(leaf, expected);
}

/** Holds for every leaf that none of the listed values or expressions describes. */
function anythingBut(operand: unknown, path: Path): Test {
  if (isBody(operand)) {
    const [operator, ...others] = Object.keys(operand);
    if (operator === undefined || others.length > 0)
      throw new PatternError('Only one key allowed in match expression', path);
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator))
      throw new PatternError(`Unsupported anything-but pattern: ${operator}`, path);
    const inner = operand[operator];
    const excluded = (Array.isArray(inner) ? nonEmpty(inner, path) : [inner]).map((each) => {
      // EventBridge answers so; plain prefix and suffix may be empty and may ignore case.
      if (operator === 'prefix' || operator === 'suffix') {
        if (requireText(operator, each, path) === '') throw new PatternError('Null prefix/suffix not allowed', path);
      }
      return compileTest(operator, each, path);
    });
    return (leaf) => !excluded.some((test) => test(leaf));
  }
  const values = Array.isArray(operand) ? nonEmpty(operand, path) : [operand];
  const kinds = new Set(values.map((each) => typeof each));
  if (kinds.size > 1)
    throw new PatternError('Inside anything-but list, either all values must be strings or numbers', path);
  if (!kinds.has('string') && !kinds.has('number'))
    throw new PatternError('Value of anything-but must be an array or single string/number value', path);
  return (leaf) => !values.includes(leaf);
}

function nonEmpty(values: readonly unknown[], path: Path): readonly unknown[] {
  if (values.length === 0) throw new PatternError('Empty arrays are not allowed', path);
  return values;
}

/**
 * EventBridge does not publish its limit. It accepts `/Users/*\/dir/dir/dir/dir/dir/doc.txt` (7 places) and refuses
 * `*:*:*:*:*:event-bus/*` (11).
 */
const wildcardLimit = 10;

/** `*` stands for any number of characters, none included; a backslash takes the next character literally. */
function wildcardTest(operand: unknown, path: Path): Test {
  const text = requireText('wildcard', operand, path);
  const pieces = [''];
  const tokens: (string | undefined)[] = [];
  const more = (character: string): void => {
    pieces.push(`${pieces.pop() ?? ''}${character}`);
    tokens.push(character);
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') {
      at += 1;
      if (!['*', '\\'].includes(text.charAt(at)))
        throw new PatternError(`Invalid escape character at pos ${at - 1}`, path);
      more(text.charAt(at));
    } else if (character === '*') {
      if (text.charAt(at + 1) === '*') throw new PatternError(`Consecutive wildcard characters at pos ${at}`, path);
      pieces.push('');
      tokens.push(undefined);
    } else more(character);
  }
  if (wildcardComplexity(tokens, wildcardLimit) > wildcardLimit)
    throw new PatternError(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
      path,
    );
  const matches = wildcard(pieces);
  return (leaf) => typeof leaf === 'string' && matches(leaf);
}

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** One comparison, or a lower bound followed by an upper one. */
function numeric(operand: unknown, path: Path): Test {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0 || operand.length > 4)
    throw new PatternError('Value of numeric must be an array of one or two operator and number pairs', path);
  const parts = Array.from({ length: operand.length / 2 }, (_, index) => {
    const [operator, bound] = [operand[2 * index] as unknown, operand[2 * index + 1] as unknown];
    const compare = typeof operator === 'string' ? comparisons[operator] : undefined;
    if (compare === undefined) throw new PatternError(`Unrecognized numeric range operator: ${String(operator)}`, path);
    if (typeof bound !== 'number') throw new PatternError(`Value of ${String(operator)} must be numeric`, path);
    return { operator: String(operator), bound, compare };
  });
  const [lower, upper] = parts;
  if (lower !== undefined && upper !== undefined) {
    if (!lower.operator.startsWith('>') || !upper.operator.startsWith('<'))
      throw new PatternError('Too many elements in numeric expression', path);
    if (lower.bound >= upper.bound) throw new PatternError('Bottom must be less than top', path);
  }
  return (leaf) => typeof leaf === 'number' && parts.every(({ compare, bound }) => compare(leaf, bound));
}

function cidr(operand: unknown, path: Path): Test {
  const [address = '', bits = '', ...rest] = requireText('cidr', operand, path).split('/');
  const family = isIP(address);
  const prefix = Number(bits);
  if (
    family === 0 ||
    bits === '' ||
    rest.length > 0 ||
    !Number.isInteger(prefix) ||
    prefix < 0 ||
    prefix > (family === 4 ? 32 : 128)
  )
    throw new PatternError("Malformed CIDR, one '/' required", path);
  const block = new BlockList();
  block.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (leaf) => {
    const kind = typeof leaf === 'string' ? isIP(leaf) : 0;
    return kind === family && block.check(leaf as string, kind === 4 ? 'ipv4' : 'ipv6');
  };
}

function requireText(operator: string, value: unknown, path: Path): string {
  if (typeof value !== 'string') throw new PatternError(`${operator} match pattern must be a string`, path);
  return value;
}
