import type { CreateTransformJobRequest, DescribeTransformJobResponse } from '@aws-sdk/client-sagemaker';
import type { Argument, Expression } from '../expression';
import type { JobOptions } from '../step';
import { Step } from '../step';

/** CreateTransformJob without the job name. */
export type TransformArguments = Argument<Omit<CreateTransformJobRequest, 'TransformJobName' | 'ExperimentConfig'>> & {
  readonly ExperimentConfig?: { readonly TrialComponentDisplayName: string | Expression<string> };
};

export interface TransformOptions extends JobOptions {
  readonly arguments: TransformArguments;
}

/** Scores a data set in one batch. */
export class TransformStep extends Step<DescribeTransformJobResponse> {
  readonly type = 'Transform';

  constructor(
    name: string,
    private readonly transform: TransformOptions,
  ) {
    super(name, transform);
  }

  /** The S3 prefix of the predictions. */
  get predictions(): Expression<string> {
    return this.properties.TransformOutput.S3OutputPath;
  }

  protected arguments(): unknown {
    return this.transform.arguments;
  }
}
