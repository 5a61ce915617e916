import type { Expression } from '../expression';
import type { CacheableOptions } from '../step';
import { Step } from '../step';
import type { ProcessingArguments } from './processing';

type Text = string | Expression<string>;
type Flag = boolean | Expression<boolean>;

interface CheckOptions extends CacheableOptions {
  /** The baselining job: CreateProcessingJob without the job name. */
  readonly arguments: ProcessingArguments;
  /** Default false: compare with the baseline. */
  readonly skipCheck?: Flag;
  /** Default true: a violation fails the step. */
  readonly failOnViolation?: Flag;
  /** Default false. */
  readonly registerNewBaseline?: Flag;
  /** Where the baseline of the last approved version is looked up when none is supplied. */
  readonly modelPackageGroupName?: Text;
  readonly suppliedBaselineConstraints?: Text;
}

export interface QualityCheckOptions extends CheckOptions {
  readonly checkType: 'DATA_QUALITY' | 'MODEL_QUALITY';
  readonly suppliedBaselineStatistics?: Text;
}

export interface ClarifyCheckOptions extends CheckOptions {
  readonly checkType: 'DATA_BIAS' | 'MODEL_BIAS' | 'MODEL_EXPLAINABILITY';
  /** The model to ask, for the two checks that need predictions. */
  readonly modelName?: Text;
}

interface Baseline {
  readonly CalculatedBaselineConstraints: string;
  readonly BaselineUsedForDriftCheckConstraints: string;
}

const common = (check: CheckOptions): Record<string, unknown> => ({
  ModelPackageGroupName: check.modelPackageGroupName,
  SkipCheck: check.skipCheck ?? false,
  FailOnViolation: check.failOnViolation ?? true,
  RegisterNewBaseline: check.registerNewBaseline ?? false,
  SuppliedBaselineConstraints: check.suppliedBaselineConstraints,
});

/** Model Monitor's baseline of data or model quality, compared with the last one. Closed to new accounts. */
export class QualityCheckStep extends Step<
  Baseline & { readonly CalculatedBaselineStatistics: string; readonly BaselineUsedForDriftCheckStatistics: string }
> {
  readonly type = 'QualityCheck';

  constructor(
    name: string,
    private readonly check: QualityCheckOptions,
  ) {
    super(name, check);
  }

  protected arguments(): unknown {
    return this.check.arguments;
  }

  protected override members(): Record<string, unknown> {
    const { checkType, suppliedBaselineStatistics } = this.check;
    return { ...common(this.check), CheckType: checkType, SuppliedBaselineStatistics: suppliedBaselineStatistics };
  }
}

/** Clarify's bias or explainability baseline, compared with the last one. Closed to new accounts. */
export class ClarifyCheckStep extends Step<Baseline> {
  readonly type = 'ClarifyCheck';

  constructor(
    name: string,
    private readonly check: ClarifyCheckOptions,
  ) {
    super(name, check);
  }

  protected arguments(): unknown {
    return this.check.arguments;
  }

  protected override members(): Record<string, unknown> {
    return { ...common(this.check), CheckType: this.check.checkType, ModelName: this.check.modelName };
  }
}
