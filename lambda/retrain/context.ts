import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SNSClient } from '@aws-sdk/client-sns';
import { environment, requireEnv } from '../../contracts/environment';
import type { RetrainSettings } from '../../contracts/function-settings';
import type { Bucket } from '../shared/objects';

export interface Clients {
  readonly sagemaker: SageMakerClient;
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
}

/** Everything a retraining decision needs to know about where it happens. */
export interface Context extends Clients {
  readonly useCase: string;
  readonly pipelineName: string;
  /** Absent when no feature is monitored. */
  readonly compositeAlarm?: string;
  readonly topicArn: string;
  readonly data: Bucket;
  readonly artifacts: Bucket;
  readonly settings: RetrainSettings;
}

/** @throws Error naming the first environment variable that is not set. */
export function contextOf({ s3, ...clients }: Clients & { readonly s3: S3Client }): Context {
  return {
    ...clients,
    useCase: requireEnv(environment.useCase),
    pipelineName: requireEnv(environment.pipelineName),
    compositeAlarm: process.env[environment.compositeAlarm],
    topicArn: requireEnv(environment.topicArn),
    data: { s3, name: requireEnv(environment.dataBucket) },
    artifacts: { s3, name: requireEnv(environment.artifactBucket) },
    settings: JSON.parse(requireEnv(environment.settings)) as RetrainSettings,
  };
}
