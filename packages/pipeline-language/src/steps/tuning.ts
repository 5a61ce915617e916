import type {
  CreateHyperParameterTuningJobRequest,
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobDefinition,
  ListTrainingJobsForHyperParameterTuningJobResponse,
} from '@aws-sdk/client-sagemaker';
import type { Argument, Expression, Value } from '../expression';
import { join } from '../expression';
import type { JobOptions } from '../step';
import { Step } from '../step';
import { stringified } from './training';

type Definition = Argument<Omit<HyperParameterTrainingJobDefinition, 'StaticHyperParameters'>> & {
  readonly StaticHyperParameters?: Readonly<Record<string, Value>>;
};
type Omitted = 'HyperParameterTuningJobName' | 'TrainingJobDefinition' | 'TrainingJobDefinitions';

/** CreateHyperParameterTuningJob without the job name. Numbers in StaticHyperParameters become strings. */
export type TuningArguments = Argument<Omit<CreateHyperParameterTuningJobRequest, Omitted>> & {
  readonly TrainingJobDefinition?: Definition;
  readonly TrainingJobDefinitions?: readonly Definition[];
};

export interface TuningOptions extends JobOptions {
  readonly arguments: TuningArguments;
}

type Tuned = DescribeHyperParameterTuningJobResponse &
  Pick<ListTrainingJobsForHyperParameterTuningJobResponse, 'TrainingJobSummaries'>;

/** Searches for hyper-parameters by running many training jobs. */
export class TuningStep extends Step<Tuned> {
  readonly type = 'Tuning';

  constructor(
    name: string,
    private readonly tuning: TuningOptions,
  ) {
    super(name, tuning);
  }

  /** The S3 URI of the k-th best model.tar.gz (0 is the best); bucket and prefix are those of OutputDataConfig. */
  topModel(k: number, bucket: string | Expression<string>, prefix?: string): Expression<string> {
    const job = this.properties.TrainingJobSummaries.at(k).TrainingJobName;
    return join('/', ['s3:/', bucket, ...(prefix === undefined ? [] : [prefix]), job, 'output/model.tar.gz']);
  }

  protected arguments(): unknown {
    const { TrainingJobDefinition: one, TrainingJobDefinitions: many, ...others } = this.tuning.arguments;
    return { ...others, TrainingJobDefinition: one && written(one), TrainingJobDefinitions: many?.map(written) };
  }
}

function written(definition: Definition): unknown {
  const { StaticHyperParameters: values, ...others } = definition;
  return { ...others, StaticHyperParameters: values && stringified(values) };
}
