import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Keys } from '@mooring/local-account';

export { clientEnvironment } from '@mooring/local-account';

export const localRegion = 'us-east-1';

/** Where the account listens, and the keys that it knows. */
export interface Connection {
  readonly endpoint: string;
  readonly keys: Keys;
}

/** The SDK clients that commands use, all pointed at one endpoint. */
export interface Clients {
  readonly cloudformation: CloudFormationClient;
  readonly cloudwatch: CloudWatchClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly sns: SNSClient;
  readonly ssm: SSMClient;
}

export function clientsFor({ endpoint, keys }: Connection): Clients {
  const config = { endpoint, region: localRegion, credentials: keys, maxAttempts: 1 } as const;
  return {
    cloudformation: new CloudFormationClient(config),
    cloudwatch: new CloudWatchClient(config),
    events: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sagemaker: new SageMakerClient(config),
    runtime: new SageMakerRuntimeClient(config),
    sns: new SNSClient(config),
    ssm: new SSMClient(config),
  };
}
