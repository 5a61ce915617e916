import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { endpointStateChange, modelPackageStateChange } from '../../contracts/events';
import { log } from '../shared/log';
import { begin } from './begin';
import { complete } from './complete';
import { contextOf } from './context';

const handled = z.discriminatedUnion('detail-type', [modelPackageStateChange, endpointStateChange]);

const clients = {
  s3: new S3Client({}),
  sagemaker: new SageMakerClient({}),
  runtime: new SageMakerRuntimeClient({}),
  cloudwatch: new CloudWatchClient({}),
  autoscaling: new ApplicationAutoScalingClient({}),
  sns: new SNSClient({}),
};

/** An approved model package starts a deployment; the endpoint's events end it. */
export async function handler(received: unknown): Promise<string> {
  const event = handled.parse(received);
  const context = contextOf(clients);
  const outcome =
    event['detail-type'] === 'SageMaker Endpoint State Change'
      ? await complete(context, event.time)
      : await begin(context, event);
  log(outcome, { event: event.id, type: event['detail-type'] });
  return outcome;
}
