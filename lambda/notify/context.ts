import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { S3Client } from '@aws-sdk/client-s3';
import { environment, requireEnv } from '../../contracts/environment';
import { type NotifySettings, notifyFile } from '../../contracts/function-settings';
import type { Bucket } from '../shared/objects';

export interface Clients {
  readonly cloudwatch: CloudWatchClient;
  readonly sagemaker: SageMakerClient;
  readonly sns: SNSClient;
}

/** Everything that news are made of. */
export interface Context extends Clients {
  readonly useCase: string;
  readonly endpointName: string;
  readonly scheduleName: string;
  readonly compositeAlarm: string;
  readonly topicArn: string;
  readonly artifacts: Bucket;
  readonly settings: NotifySettings;
}

/** @throws Error naming the first environment variable, or the file, that is not there. */
export function contextOf({ s3, ...clients }: Clients & { readonly s3: S3Client }): Context {
  return {
    ...clients,
    useCase: requireEnv(environment.useCase),
    endpointName: requireEnv(environment.endpointName),
    scheduleName: requireEnv(environment.scheduleName),
    compositeAlarm: requireEnv(environment.compositeAlarm),
    topicArn: requireEnv(environment.topicArn),
    artifacts: { s3, name: requireEnv(environment.artifactBucket) },
    settings: JSON.parse(readFileSync(join(__dirname, notifyFile), 'utf8')) as NotifySettings,
  };
}
