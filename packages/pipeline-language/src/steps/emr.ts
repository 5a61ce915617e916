import type { Expression, Value } from '../expression';
import type { CacheableOptions, JobOptions } from '../step';
import { Step } from '../step';

type Text = string | Expression<string>;
/** A body of another service, which this language passes on as it is. */
export type Body = { readonly [key: string]: Value | Body | readonly (Value | Body)[] | undefined };

/** The job that EMR runs. */
export interface HadoopJarStep {
  readonly Jar: Text;
  readonly Args?: readonly Text[];
  readonly MainClass?: Text;
  readonly Properties?: readonly { readonly Key: Text; readonly Value: Text }[];
}

type Cluster =
  | { readonly ClusterId: Text; readonly ExecutionRoleArn?: Text; readonly ClusterConfig?: never }
  | { readonly ClusterConfig: Body; readonly ClusterId?: never; readonly ExecutionRoleArn?: never };

/** A running cluster by its id, or the configuration of one that lives as long as the step. */
export type EmrArguments = Cluster & { readonly StepConfig: { readonly HadoopJarStep: HadoopJarStep } };

export interface EmrOptions extends CacheableOptions {
  readonly arguments: EmrArguments;
}

/** Runs a job on EMR. */
export class EmrStep extends Step<{ readonly Id: string; readonly Config: { readonly Args: readonly string[] } }> {
  readonly type = 'EMR';

  constructor(
    name: string,
    private readonly emr: EmrOptions,
  ) {
    super(name, emr);
  }

  protected arguments(): unknown {
    return this.emr.arguments;
  }
}

type Application =
  | { readonly ApplicationId: Text; readonly ApplicationConfig?: never }
  | { readonly ApplicationConfig: Body; readonly ApplicationId?: never };

/** An application by its id, or the configuration of one that lives as long as the step. */
export type EmrServerlessArguments = Application & {
  readonly ExecutionRoleArn: Text;
  /** StartJobRun of EMR Serverless, without the application and the role. */
  readonly JobConfig: Body;
};

export interface EmrServerlessOptions extends JobOptions {
  readonly arguments: EmrServerlessArguments;
}

/** Runs a job on EMR Serverless. */
export class EmrServerlessStep extends Step<{ readonly jobRun: { readonly jobRunId: string } }> {
  readonly type = 'EMRServerless';

  constructor(
    name: string,
    private readonly emr: EmrServerlessOptions,
  ) {
    super(name, emr);
  }

  /** The id of the job run. */
  get jobRunId(): Expression<string> {
    return this.properties.jobRun.jobRunId;
  }

  protected arguments(): unknown {
    const { JobConfig, ExecutionRoleArn, ApplicationId, ...others } = this.emr.arguments;
    return {
      ...others,
      ExecutionRoleArn,
      ApplicationId,
      JobConfig: { executionRoleArn: ExecutionRoleArn, applicationId: ApplicationId, ...JobConfig },
    };
  }
}
