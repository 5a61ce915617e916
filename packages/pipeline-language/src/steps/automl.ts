import type { AutoMLJobConfig, CreateAutoMLJobRequest, DescribeAutoMLJobResponse } from '@aws-sdk/client-sagemaker';
import type { Argument } from '../expression';
import type { JobOptions } from '../step';
import { Step } from '../step';

type Omitted = 'AutoMLJobName' | 'ModelDeployConfig' | 'GenerateCandidateDefinitionsOnly' | 'AutoMLJobConfig';

/** CreateAutoMLJob without the job name; pipelines know the ensembling mode only. */
export type AutoMLArguments = Argument<Omit<CreateAutoMLJobRequest, Omitted>> & {
  readonly AutoMLJobConfig: Argument<Omit<AutoMLJobConfig, 'Mode'>> & { readonly Mode: 'ENSEMBLING' };
};

export interface AutoMLOptions extends JobOptions {
  readonly arguments: AutoMLArguments;
}

type Reports = {
  readonly BestCandidateProperties: {
    readonly ModelInsightsJsonReportPath: string;
    readonly ExplainabilityJsonReportPath: string;
  };
};

/** Lets Autopilot find a model. */
export class AutoMLStep extends Step<DescribeAutoMLJobResponse & Reports> {
  readonly type = 'AutoML';

  constructor(
    name: string,
    private readonly autoMl: AutoMLOptions,
  ) {
    super(name, autoMl);
  }

  protected arguments(): unknown {
    return this.autoMl.arguments;
  }
}
