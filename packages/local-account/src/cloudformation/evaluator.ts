import { AwsError, Unsupported } from '../core/errors';
import { isBody } from '../core/input';
import type { Body } from '../core/service';
import { cidr } from './cidr';
import { partition, urlSuffix } from '../core/partition';

/** What intrinsic functions may look at. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly notificationArns: readonly string[];
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  readonly mappings: Body;
  readonly conditions: Body;
  /** What Ref gives; undefined when there is no such resource. */
  readonly ref: (logicalId: string) => unknown;
  readonly attribute: (logicalId: string, name: string) => unknown;
  readonly importValue: (exportName: string) => string;
  /** Value of a dynamic reference {{resolve:ssm:name:version}}. */
  readonly ssm: (name: string, version: string | undefined) => string;
}

/** Stands for a value that `Ref: AWS::NoValue` removes. */
const noValue = Symbol('AWS::NoValue');

export const evaluationError = (message: string): AwsError =>
  new AwsError('ValidationError', `Template error: ${message}`);

export const intrinsics = [
  'Fn::GetAtt',
  'Fn::Join',
  'Fn::Sub',
  'Fn::Select',
  'Fn::Split',
  'Fn::If',
  'Fn::Equals',
  'Fn::And',
  'Fn::Or',
  'Fn::Not',
  'Fn::FindInMap',
  'Fn::ImportValue',
  'Fn::Base64',
  'Fn::GetAZs',
  'Fn::Cidr',
  'Fn::ToJsonString',
  'Fn::Length',
] as const;

/** Characters that a function may make: far more than any property takes. */
const longestText = 4 * 1024 * 1024;
const tooLong = (): AwsError => evaluationError(`a function makes more than ${longestText} characters`);

function bounded(text: string): string {
  if (text.length > longestText) throw tooLong();
  return text;
}

/** Resolves intrinsic functions, pseudo parameters and dynamic references. */
export class Evaluator {
  private readonly functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => this.ref(String(name)),
    'Fn::GetAtt': (argument) => this.getAtt(argument),
    'Fn::Join': (argument) => this.join(argument),
    'Fn::Sub': (argument) => this.sub(argument),
    'Fn::Select': (argument) => this.select(argument),
    'Fn::Split': (argument) => this.split(argument),
    'Fn::If': (argument) => this.choose(argument),
    'Fn::Equals': (argument) => this.equals(argument),
    'Fn::And': (argument) => this.tests('Fn::And', argument).every((each) => this.test(each)),
    'Fn::Or': (argument) => this.tests('Fn::Or', argument).some((each) => this.test(each)),
    'Fn::Not': (argument) => !this.test(this.tests('Fn::Not', argument)[0]),
    'Fn::FindInMap': (argument) => this.findInMap(argument),
    'Fn::ImportValue': (argument) => this.scope.importValue(this.text(argument, 'Fn::ImportValue')),
    'Fn::Base64': (argument) => Buffer.from(this.text(argument, 'Fn::Base64')).toString('base64'),
    'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${this.scope.region}${zone}`),
    'Fn::Cidr': (argument) => this.cidr(argument),
    'Fn::ToJsonString': (argument) => JSON.stringify(this.value(argument)),
    'Fn::Length': (argument) => this.list(argument, 'Fn::Length').length,
  };
  private readonly decided = new Map<string, boolean>();
  private readonly deciding: string[] = [];

  constructor(private readonly scope: Scope) {}

  /** The value with everything resolved; undefined when it is AWS::NoValue. */
  value(raw: unknown): unknown {
    const result = this.resolve(raw);
    return result === noValue ? undefined : result;
  }

  properties(raw: Body): Body {
    return (this.value(raw) ?? {}) as Body;
  }

  /** Value of a named condition. @throws AwsError with the route when conditions refer to each other in a circle. */
  condition(name: string): boolean {
    const known = this.decided.get(name);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.scope.conditions, name))
      throw evaluationError(
        `the condition '${name}' is not defined; there are: ${Object.keys(this.scope.conditions).join(', ') || 'none'}`,
      );
    if (this.deciding.includes(name))
      throw evaluationError(
        `conditions depend on each other: ${[...this.deciding.slice(this.deciding.indexOf(name)), name].join(' -> ')}`,
      );
    this.deciding.push(name);
    const result = this.test(this.scope.conditions[name]);
    this.deciding.pop();
    this.decided.set(name, result);
    return result;
  }

  private resolve(raw: unknown): unknown {
    if (typeof raw === 'string') return this.dynamic(raw);
    if (Array.isArray(raw)) return raw.map((each) => this.resolve(each)).filter((each) => each !== noValue);
    if (!isBody(raw)) return raw;
    const keys = Object.keys(raw);
    const only = keys.length === 1 ? keys[0] : undefined;
    if (only !== undefined) {
      const evaluate = Object.hasOwn(this.functions, only) ? this.functions[only] : undefined;
      if (evaluate !== undefined) return evaluate(raw[only]);
      if (only.startsWith('Fn::'))
        throw new Unsupported(`the intrinsic function ${only}`, `known are: Ref, ${intrinsics.join(', ')}`);
    }
    return Object.fromEntries(
      Object.entries(raw)
        .map(([key, each]) => [key, this.resolve(each)] as const)
        .filter(([, each]) => each !== noValue),
    );
  }

  private ref(name: string): unknown {
    const { scope } = this;
    const pseudo: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': scope.accountId,
      'AWS::NoValue': noValue,
      'AWS::NotificationARNs': scope.notificationArns,
      'AWS::Partition': partition,
      'AWS::Region': scope.region,
      'AWS::StackId': scope.stackId,
      'AWS::StackName': scope.stackName,
      'AWS::URLSuffix': urlSuffix,
    };
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    if (Object.hasOwn(scope.parameters, name)) return scope.parameters[name];
    const physical = scope.ref(name);
    if (physical === undefined)
      throw evaluationError(
        `Ref to '${name}', which is neither a parameter nor a resource of this template (or its condition is false)`,
      );
    return physical;
  }

  private getAtt(argument: unknown): unknown {
    const [id, name] =
      typeof argument === 'string'
        ? [argument.slice(0, argument.indexOf('.')), argument.slice(argument.indexOf('.') + 1)]
        : Array.isArray(argument)
          ? [argument[0] as unknown, this.value(argument.length > 2 ? argument.slice(1).join('.') : argument[1])]
          : [];
    if (typeof id !== 'string' || typeof name !== 'string')
      throw evaluationError('Fn::GetAtt needs [logical id, attribute]');
    return this.scope.attribute(id, name);
  }

  private join(argument: unknown): string {
    const [delimiter, items] = this.pair(argument, 'Fn::Join', 'delimiter, list');
    const texts = this.list(items, 'Fn::Join').map((each) => this.scalar(each, 'Fn::Join'));
    // The CDK builds dynamic references out of pieces.
    return this.dynamic(bounded(texts.join(String(delimiter))));
  }

  private sub(argument: unknown): string {
    const [template, variables] = Array.isArray(argument)
      ? [argument[0] as unknown, argument[1] as unknown]
      : [argument, {}];
    if (typeof template !== 'string' || !isBody(variables))
      throw evaluationError('Fn::Sub needs a string, or [string, map of variables]');
    // Each variable once: a variable that holds another Fn::Sub would multiply with every level.
    const values = new Map<string, string>();
    const valueOf = (key: string): string => {
      const known = values.get(key);
      if (known !== undefined) return known;
      const raw = Object.hasOwn(variables, key)
        ? this.value(variables[key])
        : key.includes('.')
          ? this.getAtt(key)
          : this.value({ Ref: key });
      const value = this.scalar(raw, 'Fn::Sub');
      values.set(key, value);
      return value;
    };
    let length = 0;
    const replaced = template.replace(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      const value = valueOf(name.trim());
      length += value.length;
      if (length > longestText) throw tooLong();
      return value;
    });
    return this.dynamic(bounded(replaced));
  }

  private select(argument: unknown): unknown {
    const [index, items] = this.pair(argument, 'Fn::Select', 'index, list');
    const position = Number(this.value(index));
    const list = this.list(items, 'Fn::Select');
    if (!Number.isInteger(position) || position < 0 || position >= list.length)
      throw evaluationError(`Fn::Select cannot select index ${String(this.value(index))} of a list of ${list.length}`);
    return list[position];
  }

  private split(argument: unknown): readonly string[] {
    const [delimiter, source] = this.pair(argument, 'Fn::Split', 'delimiter, string');
    return this.text(source, 'Fn::Split').split(this.text(delimiter, 'Fn::Split'));
  }

  private choose(argument: unknown): unknown {
    if (!Array.isArray(argument) || argument.length !== 3)
      throw evaluationError('Fn::If needs [condition, value if true, value if false]');
    return this.resolve(this.condition(String(argument[0])) ? argument[1] : argument[2]);
  }

  private equals(argument: unknown): boolean {
    const [left, right] = this.pair(argument, 'Fn::Equals', 'value, value');
    const [a, b] = [this.value(left), this.value(right)];
    return typeof a === 'object' ? JSON.stringify(a) === JSON.stringify(b) : String(a) === String(b);
  }

  private findInMap(argument: unknown): unknown {
    if (!Array.isArray(argument) || argument.length < 3)
      throw evaluationError('Fn::FindInMap needs [map, top-level key, second-level key]');
    const [map, top, second] = argument.slice(0, 3).map((each) => this.text(each, 'Fn::FindInMap')) as [
      string,
      string,
      string,
    ];
    const level = this.scope.mappings[map];
    const row = isBody(level) && Object.hasOwn(level, top) ? level[top] : undefined;
    if (isBody(row) && Object.hasOwn(row, second)) return row[second];
    const fallback: unknown = argument[3];
    if (isBody(fallback) && 'DefaultValue' in fallback) return this.resolve(fallback.DefaultValue);
    throw evaluationError(`Fn::FindInMap: the mapping ${map} has no ${top} -> ${second}`);
  }

  private cidr(argument: unknown): readonly string[] {
    if (!Array.isArray(argument) || argument.length < 2) throw evaluationError('Fn::Cidr needs [block, count, bits]');
    return cidr(
      this.text(argument[0], 'Fn::Cidr'),
      Number(this.value(argument[1])),
      argument[2] === undefined ? 8 : Number(this.value(argument[2])),
    );
  }

  private test(raw: unknown): boolean {
    if (isBody(raw) && typeof raw.Condition === 'string' && Object.keys(raw).length === 1)
      return this.condition(raw.Condition);
    const value = this.value(raw);
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw evaluationError(`a condition must be true or false, not ${JSON.stringify(value)}`);
  }

  private tests(name: string, argument: unknown): readonly unknown[] {
    if (!Array.isArray(argument) || argument.length === 0) throw evaluationError(`${name} needs a list of conditions`);
    return argument;
  }

  private pair(argument: unknown, name: string, what: string): readonly [unknown, unknown] {
    if (!Array.isArray(argument) || argument.length !== 2) throw evaluationError(`${name} needs [${what}]`);
    return [argument[0], argument[1]];
  }

  private list(raw: unknown, name: string): readonly unknown[] {
    const value = this.value(raw);
    if (!Array.isArray(value)) throw evaluationError(`${name} needs a list, not ${JSON.stringify(value)}`);
    return value;
  }

  private text(raw: unknown, name: string): string {
    return this.scalar(this.value(raw), name);
  }

  private scalar(value: unknown, name: string): string {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw evaluationError(`${name} needs a string, not ${JSON.stringify(value) ?? 'AWS::NoValue'}`);
  }

  private dynamic(raw: string): string {
    if (!raw.includes('{{resolve:')) return raw;
    return raw.replace(/\{\{resolve:([^:}]+):([^}]+)\}\}/g, (whole, kind: string, rest: string) => {
      if (kind !== 'ssm')
        throw new Unsupported(`the dynamic reference ${whole}`, 'allowed: {{resolve:ssm:name:version}}');
      const [, name = rest, version] = /^(.*?)(?::(\d+))?$/.exec(rest) ?? [];
      return this.scope.ssm(name, version);
    });
  }
}
