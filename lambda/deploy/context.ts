import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { SNSClient } from '@aws-sdk/client-sns';
import { environment, requireEnv } from '../../contracts/environment';
import type { DeploySettings } from '../../contracts/function-settings';
import type { StageName } from '../../contracts/names';
import type { Bucket } from '../shared/objects';

export interface Clients {
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly cloudwatch: CloudWatchClient;
  readonly autoscaling: ApplicationAutoScalingClient;
  readonly sns: SNSClient;
}

/** Everything a deployment needs to know about where it happens. */
export interface Context extends Clients {
  readonly useCase: string;
  readonly stage: StageName;
  readonly endpointName: string;
  readonly packageGroup: string;
  readonly executionRoleArn: string;
  readonly kmsKeyArn: string;
  readonly topicArn: string;
  readonly dataBucket: string;
  readonly artifacts: Bucket;
  readonly settings: DeploySettings;
  /** Of the invocation; Lambda retries keep it. */
  readonly requestId: string;
  /** Waits in real time; replaced in tests. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** @throws Error naming the first environment variable that is not set. */
export function contextOf(clients: Clients & { readonly s3: Bucket['s3'] }, requestId: string): Context {
  return {
    ...clients,
    useCase: requireEnv(environment.useCase),
    stage: requireEnv(environment.stage) as StageName,
    endpointName: requireEnv(environment.endpointName),
    packageGroup: requireEnv(environment.packageGroup),
    executionRoleArn: requireEnv(environment.executionRoleArn),
    kmsKeyArn: requireEnv(environment.kmsKeyArn),
    topicArn: requireEnv(environment.topicArn),
    dataBucket: requireEnv(environment.dataBucket),
    artifacts: { s3: clients.s3, name: requireEnv(environment.artifactBucket) },
    settings: JSON.parse(requireEnv(environment.settings)) as DeploySettings,
    requestId,
    sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  };
}
