import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribePipelineExecutionCommand } from '@aws-sdk/client-sagemaker';
import type { AlarmStateChange, ObjectCreated } from '../../contracts/events';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { deploymentNamespace, metricDimensions, metricNames } from '../../contracts/metrics';
import { readJson } from '../shared/objects';
import type { Context } from './context';

/** A version went live: counts it, and how long it took since its training began. */
export async function recordDelivery(context: Context, event: ObjectCreated): Promise<string> {
  const live = await readJson<LiveManifest>(context.artifacts, event.detail.object.key);
  if (live === undefined) return 'the live manifest is gone';
  const leadTime = await secondsSinceTraining(context, live);
  await count(context, live.deployed_at, [
    [metricNames.deployments, 1, 'Count'],
    [metricNames.liveVersion, live.version, 'None'],
    ...(leadTime === undefined ? [] : [[metricNames.leadTime, leadTime, 'Seconds'] as const]),
  ]);
  return `version ${live.version} is live`;
}

/** The drift alarm ended: counts for how long it was in ALARM. */
export async function recordRestored(context: Context, event: AlarmStateChange): Promise<string> {
  const { state, previousState, alarmName } = event.detail;
  const since = Date.parse(previousState?.timestamp ?? '');
  if (Number.isNaN(since)) return `${alarmName} ended; nobody knows when it began`;
  const seconds = Math.max(0, (Date.parse(state.timestamp) - since) / 1_000);
  await count(context, state.timestamp, [[metricNames.timeToRestore, seconds, 'Seconds']]);
  return `${alarmName} was in ALARM for ${seconds} s`;
}

/** Undefined for versions of unknown origin, and for a version that comes back: its training says nothing about this delivery. */
async function secondsSinceTraining(
  { sagemaker }: Context,
  { execution_arn: arn, deployed_at: at, version, previous }: LiveManifest,
): Promise<number | undefined> {
  if (arn === undefined || (previous !== undefined && previous.version >= version)) return undefined;
  const began = await startOf(sagemaker, arn);
  return began === undefined ? undefined : Math.max(0, (Date.parse(at) - began.getTime()) / 1_000);
}

/** Undefined for an execution that is gone: its pipeline was deleted, or the version was registered by hand. */
async function startOf(sagemaker: Context['sagemaker'], arn: string): Promise<Date | undefined> {
  try {
    const { CreationTime } = await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }));
    return CreationTime;
  } catch (error) {
    if (error instanceof Error && /^ResourceNotFound/.test(error.name)) return undefined;
    throw error;
  }
}

type Counted = readonly [name: string, value: number, unit: 'Count' | 'Seconds' | 'None'];

async function count({ cloudwatch, endpointName }: Context, time: string, values: readonly Counted[]): Promise<void> {
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: deploymentNamespace,
      MetricData: values.map(([MetricName, Value, Unit]) => ({
        MetricName,
        Value,
        Unit,
        Timestamp: new Date(time),
        Dimensions: [{ Name: metricDimensions.endpoint, Value: endpointName }],
      })),
    }),
  );
}
