import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribePipelineExecutionCommand, ListPipelineExecutionsCommand } from '@aws-sdk/client-sagemaker';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { liveFiles, prefixes } from '../../contracts/names';
import { pipelineParameters } from '../../contracts/pipeline-parameters';
import { list, readJson } from '../shared/objects';
import type { Context } from './context';
import type { Facts } from './guards';
import { newestLabelled, newLabelCount } from './labelled';
import type { Ledger } from './ledger';
import type { Request } from './request';

/** Looks at everything that the guards judge by. */
export async function gatherFacts(
  context: Context,
  ledger: Ledger,
  request: Request,
  live: LiveManifest | undefined,
): Promise<Facts> {
  const entries = (await ledger.entries()).filter((each) => each.outcome === 'start' && each.key !== request.key);
  const last = entries.at(-1);
  const started = last === undefined ? undefined : await ledger.read(last);
  const lastArn = started?.executionArn;
  const labelled = await newestLabelled(context.data, context.useCase);
  return {
    now: request.time,
    trigger: request.trigger,
    because: request.because,
    running: await runningExecutions(context),
    starts: entries.map((each) => each.time),
    lastFailed: lastArn === undefined ? undefined : await hasFailed(context, lastArn),
    alarm: await alarmState(context),
    deployedAt: live?.deployed_at,
    labelledRows: labelled?.manifest.rows.labelled ?? 0,
    newLabels:
      labelled === undefined
        ? 0
        : await newLabelCount(context.data, labelled, started?.parameters?.[pipelineParameters.labelledData]),
    newestData: context.settings.retraining.envelope.max_data_age === undefined ? undefined : await newestData(context),
  };
}

export function readLive({ artifacts, useCase }: Context): Promise<LiveManifest | undefined> {
  return readJson(artifacts, `${prefixes.live(useCase)}/${liveFiles.manifest}`);
}

async function runningExecutions({ sagemaker, pipelineName }: Context): Promise<string[]> {
  const { PipelineExecutionSummaries: executions = [] } = await sagemaker.send(
    new ListPipelineExecutionsCommand({
      PipelineName: pipelineName,
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 20,
    }),
  );
  return executions
    .filter((each) => each.PipelineExecutionStatus === 'Executing' || each.PipelineExecutionStatus === 'Stopping')
    .map((each) => each.PipelineExecutionArn?.split('/').at(-1) ?? '');
}

async function hasFailed({ sagemaker }: Context, arn: string): Promise<boolean> {
  const { PipelineExecutionStatus: status } = await sagemaker.send(
    new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }),
  );
  return status === 'Failed' || status === 'Stopped';
}

async function alarmState({ cloudwatch, compositeAlarm }: Context): Promise<Facts['alarm']> {
  if (compositeAlarm === undefined) return undefined;
  const { CompositeAlarms: [alarm] = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [compositeAlarm], AlarmTypes: ['CompositeAlarm'] }),
  );
  const since = alarm?.StateTransitionedTimestamp ?? alarm?.StateUpdatedTimestamp;
  if (alarm?.StateValue === undefined || since === undefined) return undefined;
  return { state: alarm.StateValue, since: since.toISOString() };
}

async function newestData({ data, useCase }: Context): Promise<string | undefined> {
  const times = (await list(data, `${prefixes.raw(useCase)}/`)).map((each) => each.at.getTime());
  return times.length === 0 ? undefined : new Date(Math.max(...times)).toISOString();
}
