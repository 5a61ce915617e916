import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as events from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as s3 from '@aws-sdk/client-s3';
import * as scheduler from '@aws-sdk/client-scheduler';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as sts from '@aws-sdk/client-sts';
import { zipSync } from 'fflate';

type Config = ConstructorParameters<typeof iam.IAMClient>[0];

/** What the calls need before they are made. */
export interface World {
  readonly s3: s3.S3Client;
  readonly sqs: sqs.SQSClient;
  readonly sns: sns.SNSClient;
  readonly lambda: lambda.LambdaClient;
  readonly events: events.EventBridgeClient;
  readonly iam: iam.IAMClient;
  readonly logs: logs.CloudWatchLogsClient;
  readonly cloudwatch: cloudwatch.CloudWatchClient;
  readonly scheduler: scheduler.SchedulerClient;
  readonly sts: sts.STSClient;
  readonly role: string;
  readonly topic: string;
  readonly queue: string;
}

export const zip = (): Uint8Array => zipSync({ 'index.js': Buffer.from('exports.handler = async () => 1;') });
const role = 'arn:aws:iam::000000000000:role/recorded';
export const made = { FunctionName: 'recorded', Runtime: 'nodejs22.x', Handler: 'index.handler', Role: role } as const;

/** A bucket, a queue, a topic, a function and a role, each named `recorded`. */
export async function makeWorld(given: Config): Promise<World> {
  const config = { ...(given as object), maxAttempts: 1 } as NonNullable<Config>;
  const clients = {
    s3: new s3.S3Client({ ...(config as s3.S3ClientConfig), forcePathStyle: true }),
    sqs: new sqs.SQSClient(config as sqs.SQSClientConfig),
    sns: new sns.SNSClient(config as sns.SNSClientConfig),
    lambda: new lambda.LambdaClient(config as lambda.LambdaClientConfig),
    events: new events.EventBridgeClient(config as events.EventBridgeClientConfig),
    iam: new iam.IAMClient(config),
    logs: new logs.CloudWatchLogsClient(config as logs.CloudWatchLogsClientConfig),
    cloudwatch: new cloudwatch.CloudWatchClient(config as cloudwatch.CloudWatchClientConfig),
    scheduler: new scheduler.SchedulerClient(config as scheduler.SchedulerClientConfig),
    sts: new sts.STSClient(config as sts.STSClientConfig),
  };
  const trusted = { Service: ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] };
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: trusted, Action: 'sts:AssumeRole' }],
  };
  await clients.iam.send(
    new iam.CreateRoleCommand({ RoleName: 'recorded', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await clients.s3.send(new s3.CreateBucketCommand({ Bucket: 'recorded' }));
  await clients.s3.send(new s3.PutObjectCommand({ Bucket: 'recorded', Key: 'key', Body: '0123456789' }));
  const { QueueUrl: queue = '' } = await clients.sqs.send(new sqs.CreateQueueCommand({ QueueName: 'recorded' }));
  const { TopicArn: topic = '' } = await clients.sns.send(new sns.CreateTopicCommand({ Name: 'recorded' }));
  await clients.lambda.send(new lambda.CreateFunctionCommand({ ...made, Code: { ZipFile: zip() } }));
  return { ...clients, role, queue, topic };
}

/** Test and place of a recorded error (their beginnings), what AWS answered, and the call. */
export type RecordedCall = readonly [
  service: string,
  test: string,
  place: string,
  answer: string,
  call: (world: World) => Promise<unknown>,
];

/** Bucket of the world. */
export const Bucket = 'recorded';
