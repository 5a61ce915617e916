import type { Condition } from '../condition';
import type { StepOptions } from '../step';
import { Step } from '../step';

export interface ConditionOptions extends StepOptions {
  /** All must hold. */
  readonly conditions: readonly Condition[];
  readonly ifSteps?: readonly Step[];
  readonly elseSteps?: readonly Step[];
}

/** Chooses between two branches. Steps of a branch are listed here and nowhere else. */
export class ConditionStep extends Step<{ Outcome: string }> {
  readonly type = 'Condition';

  constructor(
    name: string,
    private readonly branches: ConditionOptions,
  ) {
    super(name, branches);
  }

  protected arguments(): unknown {
    const { conditions, ifSteps = [], elseSteps = [] } = this.branches;
    return {
      Conditions: conditions.map((condition) => condition.toCondition()),
      IfSteps: ifSteps.map((step) => step.toStep()),
      ElseSteps: elseSteps.map((step) => step.toStep()),
    };
  }
}
