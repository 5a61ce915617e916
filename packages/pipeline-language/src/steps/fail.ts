import type { Expression } from '../expression';
import type { StepOptions } from '../step';
import { Step } from '../step';

export interface FailOptions extends StepOptions {
  /** Shown as the execution's failure reason; put the numbers in it with `join`. */
  readonly message: string | Expression<string>;
}

/** Ends the execution as Failed. Nothing can depend on it. */
export class FailStep extends Step<never> {
  readonly type = 'Fail';

  constructor(
    name: string,
    private readonly fail: FailOptions,
  ) {
    super(name, fail);
  }

  protected arguments(): unknown {
    return { ErrorMessage: this.fail.message };
  }
}
