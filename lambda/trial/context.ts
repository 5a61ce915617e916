import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SNSClient } from '@aws-sdk/client-sns';
import { environment, requireEnv } from '../../contracts/environment';
import { resourceNames, type StageName } from '../../contracts/names';
import type { TrialSettings } from '../../contracts/records/trial';
import type { Bucket } from '../shared/objects';

export interface Clients {
  readonly sagemaker: SageMakerClient;
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
}

/** Everything a trial needs to know about where it happens. */
export interface Context extends Clients {
  readonly useCase: string;
  readonly stage: StageName;
  readonly endpointName: string;
  /** Takes over what needs no trial, and what won one. */
  readonly deployFunction: string;
  readonly executionRoleArn: string;
  readonly kmsKeyArn: string;
  readonly topicArn: string;
  readonly dataBucket: string;
  readonly artifacts: Bucket;
  readonly settings: TrialSettings;
}

/** @throws Error naming the first environment variable that is not set. */
export function contextOf(clients: Clients & { readonly s3: S3Client }): Context {
  const useCase = requireEnv(environment.useCase);
  const stage = requireEnv(environment.stage) as StageName;
  return {
    ...clients,
    useCase,
    stage,
    endpointName: requireEnv(environment.endpointName),
    deployFunction: resourceNames.deployFunction(useCase, stage),
    executionRoleArn: requireEnv(environment.executionRoleArn),
    kmsKeyArn: requireEnv(environment.kmsKeyArn),
    topicArn: requireEnv(environment.topicArn),
    dataBucket: requireEnv(environment.dataBucket),
    artifacts: { s3: clients.s3, name: requireEnv(environment.artifactBucket) },
    settings: JSON.parse(requireEnv(environment.settings)) as TrialSettings,
  };
}
