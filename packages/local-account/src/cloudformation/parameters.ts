import { ExpressionTimeout, found } from '../core/expression';
import { AwsError, Unsupported } from '../core/errors';
import { optionalFlag, optionalNumber, optionalText, textList } from '../core/input';
import type { Body } from '../core/service';
import type { Template } from './template';

/** A parameter of a stack. */
export interface ParameterValue {
  /** As given by the client or the template: for SSM types the parameter's name. */
  readonly value: string;
  /** What an SSM type resolved to. */
  readonly resolved?: string;
  readonly noEcho: boolean;
}
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** What a client gives for one parameter. */
export interface GivenParameter {
  readonly key: string;
  readonly value?: string;
  readonly usePrevious: boolean;
}

/**
 * Values of all declared parameters.
 *
 * @param previous values of the deployed stack, for UsePreviousValue
 * @throws AwsError that lists every missing, unknown or disallowed one.
 */
export function resolveParameters(
  template: Template,
  given: readonly GivenParameter[],
  previous: ParameterValues,
  ssm: (name: string) => string | undefined,
): ParameterValues {
  const problems: string[] = [];
  const unknown = given.filter(({ key }) => !Object.hasOwn(template.parameters, key)).map(({ key }) => key);
  if (unknown.length > 0) problems.push(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing: string[] = [];
  const values: Record<string, ParameterValue> = {};
  for (const [key, declaration] of Object.entries(template.parameters)) {
    const from = given.find((each) => each.key === key);
    const value =
      from?.usePrevious === true ? previous[key]?.value : (from?.value ?? optionalText(declaration, 'Default'));
    if (value === undefined) {
      missing.push(key);
      continue;
    }
    const type = optionalText(declaration, 'Type') ?? 'String';
    const resolved = isSsmValue(type) ? ssm(value) : undefined;
    if (isSsmValue(type) && resolved === undefined)
      problems.push(`Unable to fetch parameters [${value}] from parameter store for this account (parameter ${key})`);
    problems.push(...violations(key, value, type, declaration));
    values[key] = {
      value,
      noEcho: optionalFlag(declaration, 'NoEcho') ?? false,
      ...(resolved === undefined ? {} : { resolved }),
    };
  }
  if (missing.length > 0) problems.unshift(`Parameters: [${missing.join(', ')}] must have values`);
  if (problems.length > 0) throw new AwsError('ValidationError', problems.join('; '));
  return values;
}

/** What Ref of each parameter gives: a string, or a list for list types. */
export function referenced(
  template: Template,
  values: ParameterValues,
): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, { value, resolved }]) => {
      const type = optionalText(template.parameters[key] ?? {}, 'Type') ?? 'String';
      const plain = resolved ?? value;
      return [key, isList(type) ? split(plain) : plain];
    }),
  );
}

const isSsmValue = (type: string): boolean => type.startsWith('AWS::SSM::Parameter::Value<');
const isList = (type: string): boolean => type === 'CommaDelimitedList' || /(^|<)(List<|CommaDelimitedList)/.test(type);
const split = (value: string): readonly string[] => (value === '' ? [] : value.split(',').map((each) => each.trim()));

/** AllowedPattern must match the whole value. */
function patternProblem(key: string, pattern: string, value: string): string | undefined {
  try {
    return found(`^(?:${pattern})$`, value) ? undefined : `must match the pattern ${pattern}`;
  } catch (error) {
    if (error instanceof ExpressionTimeout || error instanceof SyntaxError)
      throw new AwsError('ValidationError', `AllowedPattern of parameter ${key}: ${error.message}`);
    throw error;
  }
}

function violations(key: string, value: string, type: string, declaration: Body): string[] {
  if (
    !/^(String|Number|List<Number>|CommaDelimitedList|AWS::SSM::Parameter::(Name|Value<.+>)|AWS::[A-Za-z0-9:]+|List<AWS::.+>|List<String>)$/.test(
      type,
    )
  )
    throw new Unsupported(`the parameter type ${type} of ${key}`);
  const problems: string[] = [];
  const say = (what: string): void =>
    void problems.push(optionalText(declaration, 'ConstraintDescription') ?? `Parameter ${key} ${what}`);
  const allowed = textList(declaration, 'AllowedValues');
  const each = isList(type) && !isSsmValue(type) ? split(value) : [value];
  for (const one of each) {
    if (type.includes('Number') && !isSsmValue(type) && (one === '' || Number.isNaN(Number(one))))
      say(`must be a number, not '${one}'`);
    if (allowed.length > 0 && !allowed.includes(one)) say(`must be one of: ${allowed.join(', ')}; it is '${one}'`);
  }
  const pattern = optionalText(declaration, 'AllowedPattern');
  if (pattern !== undefined) {
    const problem = patternProblem(key, pattern, value);
    if (problem !== undefined) say(problem);
  }
  const bounds: readonly (readonly [string, number, (bound: number) => boolean])[] = [
    ['MinLength', value.length, (bound) => value.length >= bound],
    ['MaxLength', value.length, (bound) => value.length <= bound],
    ['MinValue', Number(value), (bound) => Number(value) >= bound],
    ['MaxValue', Number(value), (bound) => Number(value) <= bound],
  ];
  for (const [name, actual, holds] of bounds) {
    const bound = optionalNumber(declaration, name);
    if (bound !== undefined && !holds(bound)) say(`must respect ${name} ${bound}; it is ${actual}`);
  }
  return problems;
}
