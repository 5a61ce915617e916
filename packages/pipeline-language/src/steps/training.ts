import type { CreateTrainingJobRequest, DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import type { DebuggerKey } from '../debugger';
import type { Value } from '../expression';
import { type Argument, Expression } from '../expression';
import type { JobOptions } from '../step';
import { Step } from '../step';

type Omitted = 'TrainingJobName' | 'HyperParameters' | 'ExperimentConfig' | DebuggerKey;

/** CreateTrainingJob without the job name, Debugger and Profiler. Numbers in HyperParameters become strings. */
export type TrainingArguments = Argument<Omit<CreateTrainingJobRequest, Omitted>> & {
  readonly HyperParameters?: Readonly<Record<string, Value>>;
  readonly ExperimentConfig?: { readonly TrialComponentDisplayName: string | Expression<string> };
} & { readonly [K in DebuggerKey]?: never };

export interface TrainingOptions extends JobOptions {
  readonly arguments: TrainingArguments;
}

/** Trains a model. */
export class TrainingStep extends Step<DescribeTrainingJobResponse> {
  readonly type = 'Training';

  constructor(
    name: string,
    private readonly training: TrainingOptions,
  ) {
    super(name, training);
  }

  /** The S3 URI of model.tar.gz. */
  get artifact(): Expression<string> {
    return this.properties.ModelArtifacts.S3ModelArtifacts;
  }

  protected arguments(): unknown {
    const { HyperParameters: values, ...others } = this.training.arguments;
    return { ...others, HyperParameters: values && stringified(values) };
  }
}

/** Hyper-parameters are a map of strings: literals are written out, typed parameters are joined into one. */
export function stringified(values: Readonly<Record<string, Value>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value instanceof Expression ? value.asString() : String(value)]),
  );
}
