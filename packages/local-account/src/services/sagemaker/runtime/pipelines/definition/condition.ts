import { validation } from '../../../../../core/errors';
import type { Json } from '../../../../../core/service';
import { evaluate, isObject, stringify } from './expression';
import type { JsonObject, Scope } from './expression';

/** A number when both sides can be compared as numbers, as the service does for values read from a property file. */
function comparable(left: Json, right: Json): readonly [number, number] | readonly [string, string] {
  const numeric = (value: Json): number =>
    typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (typeof left === 'number' || typeof right === 'number') {
    const pair = [numeric(left), numeric(right)] as const;
    if (!pair.some((each) => Number.isNaN(each))) return pair;
    throw validation(
      `a condition cannot compare ${JSON.stringify(left)} with ${JSON.stringify(right)}: one is a number, the other is not`,
    );
  }
  return [stringify(left), stringify(right)];
}

const equal = (left: Json, right: Json): boolean => {
  if (typeof left === 'number' || typeof right === 'number')
    return Number(left) === Number(right) && left !== '' && right !== '';
  return stringify(left) === stringify(right);
};

type Comparison = (left: Json, right: Json) => boolean;

/** Comparisons with LeftValue and RightValue. */
export const comparisons: Readonly<Record<string, Comparison>> = {
  Equals: equal,
  GreaterThan: (left, right) => ((pair) => pair[0] > pair[1])(comparable(left, right)),
  GreaterThanOrEqualTo: (left, right) => ((pair) => pair[0] >= pair[1])(comparable(left, right)),
  LessThan: (left, right) => ((pair) => pair[0] < pair[1])(comparable(left, right)),
  LessThanOrEqualTo: (left, right) => ((pair) => pair[0] <= pair[1])(comparable(left, right)),
};

/** Every condition type the service knows. There is no And: the list of a Condition step is one. */
export const conditionTypes: readonly string[] = [...Object.keys(comparisons), 'In', 'Not', 'Or'];

const need = (condition: JsonObject, key: string): Json => {
  const value = condition[key];
  if (value === undefined) throw validation(`condition ${String(condition['Type'])} needs '${key}'`);
  return value;
};

/** Decides one condition. */
export async function holds(condition: Json, scope: Scope): Promise<boolean> {
  if (!isObject(condition))
    throw validation(`a condition is an object with a 'Type', not ${JSON.stringify(condition)}`);
  const type = String(condition['Type']);
  const compare = comparisons[type];
  if (compare !== undefined)
    return compare(
      await evaluate(need(condition, 'LeftValue'), scope),
      await evaluate(need(condition, 'RightValue'), scope),
    );
  switch (type) {
    case 'In': {
      const query = await evaluate(need(condition, 'QueryValue'), scope);
      const values = (await evaluate(need(condition, 'Values'), scope)) as readonly Json[];
      return values.some((each) => equal(query, each));
    }
    case 'Not':
      return !(await holds(need(condition, 'Condition'), scope));
    case 'Or':
      for (const each of need(condition, 'Conditions') as readonly Json[]) if (await holds(each, scope)) return true;
      return false;
    default:
      throw validation(`Unknown condition type '${type}'; there are: ${conditionTypes.join(', ')}`);
  }
}
