import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { DescribePipelineExecutionCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import {
  alarmStateChange,
  type AlarmStateChange,
  endpointStateChange,
  objectCreated,
  pipelineExecutionStatusChange,
  processingJobStateChange,
  type ProcessingJobStateChange,
} from '../../contracts/events';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { metricDimensions, metricNames, metricNamespaces } from '../../contracts/metrics';
import { liveFiles, prefixes } from '../../contracts/names';
import { log } from '../shared/log';
import { type News, publish } from '../shared/news';
import { readJson } from '../shared/objects';
import { type Context, contextOf } from './context';
import { recordDelivery, recordRestored } from './delivery';
import { rings, whatFires } from './firing';
import { recordRollout } from './rollout';
import { alarmText, driftText, monitorFailedText, pipelineFailedText } from './texts';
import { newestWindow } from './window';

const handled = z.discriminatedUnion('detail-type', [
  alarmStateChange,
  endpointStateChange,
  objectCreated,
  processingJobStateChange,
  pipelineExecutionStatusChange,
]);

const clients = {
  s3: new S3Client({}),
  sagemaker: new SageMakerClient({}),
  cloudwatch: new CloudWatchClient({}),
  sns: new SNSClient({}),
};

/** Turns alarms and failures into text that a person can read. */
export async function handler(received: unknown): Promise<string> {
  const event = handled.parse(received);
  const context = contextOf(clients);
  if (event['detail-type'] === 'SageMaker Endpoint State Change') return recordRollout(context, event);
  if (event['detail-type'] === 'Object Created') return recordDelivery(context, event);
  if (event['detail-type'] === 'CloudWatch Alarm State Change' && event.detail.state.value === 'OK')
    return recordRestored(context, event);
  const news = await newsOf(context, event);
  if (news === undefined) return 'already notified';
  await publish(context.sns, context.topicArn, { useCase: context.useCase, ...news });
  log(news.subject, { event: event.id, type: event['detail-type'] });
  return news.subject;
}

type Told = Exclude<
  z.infer<typeof handled>,
  { 'detail-type': 'SageMaker Endpoint State Change' } | { 'detail-type': 'Object Created' }
>;

/** Undefined when it is no news any more. */
async function newsOf(context: Context, event: Told): Promise<Omit<News, 'useCase'> | undefined> {
  switch (event['detail-type']) {
    case 'CloudWatch Alarm State Change':
      return event.detail.alarmName === context.compositeAlarm ? drift(context, event) : alarmText(event);
    case 'SageMaker Processing Job State Change':
      await countFailure(context, event);
      return (await rings(context, 'monitor-failed')) ? undefined : monitorFailedText(event);
    case 'SageMaker Model Building Pipeline Execution Status Change': {
      const { FailureReason } = await context.sagemaker.send(
        new DescribePipelineExecutionCommand({ PipelineExecutionArn: event.detail.pipelineExecutionArn }),
      );
      return pipelineFailedText(event, FailureReason);
    }
  }
}

async function drift(context: Context, event: AlarmStateChange): Promise<Omit<News, 'useCase'>> {
  const { useCase, endpointName, artifacts, settings } = context;
  const live = await readJson<LiveManifest>(artifacts, `${prefixes.live(useCase)}/${liveFiles.manifest}`);
  const firing = await whatFires(context);
  const kinds = [...new Set(firing.map((each) => each.kind))];
  const windows = await Promise.all(kinds.map((kind) => newestWindow(context, kind, event.time)));
  return driftText({
    title: settings.title,
    endpointName,
    event,
    firing,
    windows: windows.flatMap((each) => each ?? []),
    live,
  });
}

/** Makes failed runs a metric, because an alarm can only watch metrics. */
async function countFailure(
  { cloudwatch, endpointName, scheduleName }: Context,
  event: ProcessingJobStateChange,
): Promise<void> {
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: metricNamespaces.data,
      MetricData: [
        {
          MetricName: metricNames.failures,
          Timestamp: new Date(event.time),
          Value: 1,
          Unit: 'Count',
          Dimensions: [
            { Name: metricDimensions.endpoint, Value: endpointName },
            { Name: metricDimensions.schedule, Value: scheduleName },
          ],
        },
      ],
    }),
  );
}
