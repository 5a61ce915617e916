import type { Value } from './expression';

/** A test that a ConditionStep makes while the pipeline runs. */
export abstract class Condition {
  /** The JSON form, with expressions still in it. */
  abstract toCondition(): Record<string, unknown>;
}

class Comparison extends Condition {
  constructor(
    private readonly type: string,
    private readonly left: Value,
    private readonly right: Value,
  ) {
    super();
  }

  toCondition(): Record<string, unknown> {
    return { Type: this.type, LeftValue: this.left, RightValue: this.right };
  }
}

class Membership extends Condition {
  constructor(
    private readonly value: Value,
    private readonly values: readonly Value[],
  ) {
    super();
  }

  toCondition(): Record<string, unknown> {
    return { Type: 'In', QueryValue: this.value, Values: this.values };
  }
}

class Negation extends Condition {
  constructor(private readonly condition: Condition) {
    super();
  }

  toCondition(): Record<string, unknown> {
    return { Type: 'Not', Condition: this.condition.toCondition() };
  }
}

class Disjunction extends Condition {
  constructor(private readonly conditions: readonly Condition[]) {
    super();
  }

  toCondition(): Record<string, unknown> {
    return { Type: 'Or', Conditions: this.conditions.map((c) => c.toCondition()) };
  }
}

/** left = right */
export const equals = (left: Value, right: Value): Condition => new Comparison('Equals', left, right);
/** left > right */
export const greaterThan = (left: Value, right: Value): Condition => new Comparison('GreaterThan', left, right);
/** left >= right */
export const greaterThanOrEqualTo = (left: Value, right: Value): Condition =>
  new Comparison('GreaterThanOrEqualTo', left, right);
/** left < right */
export const lessThan = (left: Value, right: Value): Condition => new Comparison('LessThan', left, right);
/** left <= right */
export const lessThanOrEqualTo = (left: Value, right: Value): Condition =>
  new Comparison('LessThanOrEqualTo', left, right);
/** The value is one of the values. */
export const isIn = (value: Value, values: readonly Value[]): Condition => new Membership(value, values);
/** The condition does not hold. */
export const not = (condition: Condition): Condition => new Negation(condition);
/** At least one condition holds. (A list of conditions in a step means that all hold.) */
export const or = (...conditions: readonly Condition[]): Condition => new Disjunction(conditions);
