import { matchesPattern } from './policy-pattern';

type Context = Readonly<Record<string, string | readonly string[]>>;
type Test = (actual: string, expected: string) => boolean;

const numeric =
  (compare: (a: number, b: number) => boolean): Test =>
  (actual, expected) =>
    compare(Number(actual), Number(expected));
const dated =
  (compare: (a: number, b: number) => boolean): Test =>
  (actual, expected) =>
    compare(Date.parse(actual), Date.parse(expected));

const tests: Readonly<Record<string, Test>> = {
  StringEquals: (a, b) => a === b,
  StringEqualsIgnoreCase: (a, b) => a.toLowerCase() === b.toLowerCase(),
  StringLike: (a, b) => matchesPattern(b, a),
  ArnEquals: (a, b) => matchesPattern(b, a),
  ArnLike: (a, b) => matchesPattern(b, a),
  Bool: (a, b) => a.toLowerCase() === b.toLowerCase(),
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateLessThan: dated((a, b) => a < b),
  DateLessThanEquals: dated((a, b) => a <= b),
  DateGreaterThan: dated((a, b) => a > b),
  DateGreaterThanEquals: dated((a, b) => a >= b),
};

/** Negated operators are true when the key is absent. */
const negated: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/** One operator on one condition key. An operator that is not known never holds, so that an Allow under it does not apply. */
export function matchesCondition(
  operator: string,
  key: string,
  expected: readonly string[],
  context: Context,
): boolean {
  const found = context[key.toLowerCase()];
  const actual = found === undefined ? undefined : typeof found === 'string' ? [found] : found;
  const [quantifier, plain] = operator.includes(':')
    ? (operator.split(':') as [string, string])
    : [undefined, operator];
  const ifExists = plain.endsWith('IfExists');
  const name = ifExists ? plain.slice(0, -'IfExists'.length) : plain;
  if (name === 'Null') return expected.some((each) => (each === 'true') === (actual === undefined));
  const positive = negated[name] ?? name;
  const test = tests[positive];
  if (test === undefined) return false;
  if (actual === undefined) return ifExists || quantifier === 'ForAllValues' || name in negated;
  const one = (value: string): boolean => expected.some((each) => test(value, each));
  if (name in negated) return quantifier === 'ForAnyValue' ? actual.some((value) => !one(value)) : !actual.some(one);
  return quantifier === 'ForAllValues' ? actual.every(one) : actual.some(one);
}
