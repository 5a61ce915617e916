import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { alarmStateChange, endpointStateChange, modelPackageStateChange, trialDecision } from '../../contracts/events';
import { log } from '../shared/log';
import { type Context, contextOf } from './context';
import { converge } from './converge';
import { alarmed, approve, decide } from './triggers';

const handled = z.discriminatedUnion('detail-type', [
  modelPackageStateChange,
  endpointStateChange,
  trialDecision,
  alarmStateChange,
]);

const clients = {
  s3: new S3Client({}),
  sagemaker: new SageMakerClient({}),
  cloudwatch: new CloudWatchClient({}),
  sns: new SNSClient({}),
};

/** An approved model package goes on trial beside the live one; the endpoint's events and a decision end it. */
export async function handler(received: unknown): Promise<string> {
  const event = handled.parse(received);
  const outcome = await dispatch(contextOf(clients), event);
  log(outcome, { event: event.id, type: event['detail-type'] });
  return outcome;
}

function dispatch(context: Context, event: z.infer<typeof handled>): Promise<string> {
  switch (event['detail-type']) {
    case 'SageMaker Model Package State Change':
      return approve(context, event);
    case 'SageMaker Endpoint State Change':
      return converge(context, event.time);
    case 'Mooring Trial Decision':
      return decide(context, event);
    case 'CloudWatch Alarm State Change':
      return alarmed(context, event);
  }
}
