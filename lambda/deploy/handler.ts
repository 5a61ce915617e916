import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import {
  type EndpointStateChange,
  endpointStateChange,
  modelPackageStateChange,
  rollbackRequest,
} from '../../contracts/events';
import { log } from '../shared/log';
import { begin } from './begin';
import { complete } from './complete';
import { type Context, contextOf } from './context';
import { restore } from './restore';
import { recordServiceState } from './service-state';

const handled = z.discriminatedUnion('detail-type', [modelPackageStateChange, endpointStateChange, rollbackRequest]);

const clients = {
  s3: new S3Client({}),
  sagemaker: new SageMakerClient({}),
  runtime: new SageMakerRuntimeClient({}),
  cloudwatch: new CloudWatchClient({}),
  autoscaling: new ApplicationAutoScalingClient({}),
  sns: new SNSClient({}),
};

/** An approved model package or a request for the previous version starts a deployment; the endpoint's events end it. */
export async function handler(received: unknown, { awsRequestId }: { readonly awsRequestId: string }): Promise<string> {
  const event = handled.parse(received);
  const outcome = await handle(contextOf(clients, awsRequestId), event);
  log(outcome, { event: event.id, type: event['detail-type'] });
  return outcome;
}

function handle(context: Context, event: z.infer<typeof handled>): Promise<string> {
  switch (event['detail-type']) {
    case 'SageMaker Model Package State Change':
      return begin(context, event);
    case 'SageMaker Endpoint State Change':
      return ofEndpoint(context, event);
    case 'Mooring Rollback Request':
      return restore(context, event);
  }
}

/** Neither waits for the other's success: a metric that cannot be written must not keep a deployment from ending. */
async function ofEndpoint(context: Context, event: EndpointStateChange): Promise<string> {
  const [recorded, completed] = await Promise.allSettled([
    recordServiceState(context, event),
    complete(context, event.time),
  ]);
  if (completed.status === 'rejected') throw completed.reason;
  if (recorded.status === 'rejected') throw recorded.reason;
  return completed.value;
}
