import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import { log } from '../shared/log';
import { contextOf } from './context';
import { decide } from './decide';
import { requestOf } from './request';

const clients = {
  s3: new S3Client({}),
  sagemaker: new SageMakerClient({}),
  cloudwatch: new CloudWatchClient({}),
  sns: new SNSClient({}),
};

/** Every reason to retrain comes here: alarms, schedules, new data, people, and the end of each execution. */
export async function handler(received: unknown): Promise<string> {
  const request = requestOf(received);
  const decision = await decide(contextOf(clients), request);
  const outcome = decision === 'duplicate' ? 'duplicate event' : `${decision.outcome}: ${decision.reason}`;
  log(outcome, { event: request.event.id, key: request.key });
  return outcome;
}
