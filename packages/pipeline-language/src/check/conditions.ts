import { isObject } from '../definition';
import type { Node } from '../graph';
import { isExpression } from '../reference';
import type { Report } from './problem';

const COMPARISONS = ['Equals', 'GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo'];
const ALL = [...COMPARISONS, 'In', 'Not', 'Or'].join(', ');

/** The conditions of a Condition step and its two branches. */
export function checkConditions({ name, path, definition }: Node, report: Report): void {
  const body = definition['Arguments'];
  if (!isObject(body)) return;
  const fail = (at: string, value: unknown, message: string, allowed: string): void =>
    report({ code: 'bad-condition', step: name, path: at, value, message, allowed });

  for (const key of Object.keys(body)) {
    if (!['Conditions', 'IfSteps', 'ElseSteps'].includes(key))
      report({
        code: 'unknown-key',
        step: name,
        path: `${path}.Arguments.${key}`,
        value: key,
        message: `a Condition step has no member ${key}`,
        allowed: 'Conditions, IfSteps, ElseSteps',
      });
  }
  for (const key of ['IfSteps', 'ElseSteps']) {
    if (body[key] !== undefined && !Array.isArray(body[key]))
      report({
        code: 'wrong-type',
        step: name,
        path: `${path}.Arguments.${key}`,
        value: body[key],
        message: `${key} is not a list`,
        allowed: 'a list of steps',
      });
  }
  const operand = (value: unknown, at: string): void => {
    if (value === undefined || value === null || (typeof value === 'object' && !isExpression(value)))
      fail(at, value, 'a condition compares values', 'a literal or an expression');
  };
  const list = (value: unknown, at: string, each: (item: unknown, at: string) => void): void => {
    if (!Array.isArray(value) || value.length === 0)
      fail(at, value, 'a condition has nothing to test', 'a list of at least one entry');
    else value.forEach((item, index) => each(item, `${at}[${index}]`));
  };
  const condition = (value: unknown, at: string): void => {
    const type = isObject(value) ? value['Type'] : undefined;
    if (!isObject(value) || typeof type !== 'string' || !ALL.split(', ').includes(type))
      return fail(`${at}.Type`, type, `condition type ${String(type)} is unknown`, ALL);
    const members = COMPARISONS.includes(type)
      ? ['LeftValue', 'RightValue']
      : ({ In: ['QueryValue', 'Values'], Not: ['Condition'], Or: ['Conditions'] }[type] ?? []);
    const strange = Object.keys(value).find((key) => key !== 'Type' && !members.includes(key));
    if (strange !== undefined)
      fail(`${at}.${strange}`, strange, `a condition of type ${type} has no member ${strange}`, members.join(', '));
    if (type === 'Not') condition(value['Condition'], `${at}.Condition`);
    else if (type === 'Or') list(value['Conditions'], `${at}.Conditions`, condition);
    else {
      operand(value[members[0] ?? ''], `${at}.${members[0]}`);
      if (type === 'In') list(value['Values'], `${at}.Values`, operand);
      else operand(value['RightValue'], `${at}.RightValue`);
    }
  };
  list(body['Conditions'], `${path}.Arguments.Conditions`, condition);
}
