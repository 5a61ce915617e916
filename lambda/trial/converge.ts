import type { DescribeEndpointOutput } from '@aws-sdk/client-sagemaker';
import { prefixes } from '../../contracts/names';
import { trialFile, type TrialOutcome, type TrialState } from '../../contracts/records/trial';
import { publish } from '../shared/news';
import { writeJson } from '../shared/objects';
import type { Context } from './context';
import { type Progress, type TrialRecord, TrialRecords } from './records';
import { endedNews, runningNews } from './reports';
import { handOver, readLive, setLifeCycle } from './steps';
import { cleanUp, describeEndpoint, moveTo, prepare } from './variants';

/**
 * Does the next step of the newest trial, as far as what is live allows: every event comes here, in any order, and every
 * step may be repeated.
 */
export async function converge(context: Context, time: string): Promise<string> {
  const records = new TrialRecords(context.artifacts, context.useCase, context.stage);
  const open = await records.open();
  const newest = open.at(-1);
  if (newest === undefined) return `${context.endpointName} has no trial`;
  const endpoint = await describeEndpoint(context);
  if (endpoint?.EndpointStatus !== 'InService')
    return `${context.endpointName} is ${endpoint?.EndpointStatus ?? 'gone'}; its next event goes on`;
  const doing = { context, records, time };
  for (const { record } of open.slice(0, -1))
    if (record.state.endpoint_config !== endpoint.EndpointConfigName) await replace(doing, record, newest.record);
  if (newest.reached.has('ended')) return `${newest.record.id} ended before`;
  return step(doing, newest, endpoint);
}

interface Doing {
  readonly context: Context;
  readonly records: TrialRecords;
  readonly time: string;
}

async function step(doing: Doing, progress: Progress, endpoint: DescribeEndpointOutput): Promise<string> {
  const { record, reached } = progress;
  const { state } = record;
  const serves = endpoint.EndpointConfigName ?? '';
  if (serves === state.endpoint_config) return reached.has('decision') ? leave(doing, record) : run(doing, record);
  if (reached.has('decision')) return decided(doing, record);
  if (reached.has('started')) return lost(doing, progress, endpoint);
  return start(doing, record, serves);
}

async function start({ context, records, time }: Doing, record: TrialRecord, serves: string): Promise<string> {
  const { state } = record;
  const live = await readLive(context);
  if (live === undefined) return `nothing is live at ${context.endpointName}`;
  if (live.endpoint_config !== state.champion_config) {
    const reason = `version ${live.version} serves now, the trial was against version ${state.champion.version}`;
    return end({ context, records, time }, record, { kind: 'replaced', reason });
  }
  await prepare(context, state, live.model);
  if (!(await moveTo(context, state.endpoint_config))) return `${context.endpointName} is busy; its next event goes on`;
  await records.mark(record, 'started', { time, from: serves });
  await writeState(context, state);
  return `${context.endpointName} moves to ${state.endpoint_config}`;
}

/** Both variants serve. The state is written last: whoever reads it may send requests to either. */
async function run({ context, records, time }: Doing, record: TrialRecord): Promise<string> {
  const state: TrialState = { ...record.state, status: 'running', started_at: time };
  if (!(await records.mark(record, 'running', { time }))) return `${state.endpoint_config} is on trial`;
  await writeState(context, state);
  await tell(context, runningNews(state));
  return `${state.endpoint_config} is on trial`;
}

/** Decided: the champion alone serves again, before anything else happens. */
async function leave({ context }: Doing, record: TrialRecord): Promise<string> {
  const { state } = record;
  const moved = await moveTo(context, state.champion_config);
  return `${context.endpointName} ${moved ? 'goes back' : 'will go back'} to ${state.champion_config}`;
}

async function decided(doing: Doing, record: TrialRecord): Promise<string> {
  const decision = await doing.records.decision(record);
  if (decision === undefined) throw new Error(`the decision about ${record.id} is gone`);
  const { reason, by } = decision;
  const kind = decision.decision === 'promote' ? 'promoted' : 'stopped';
  return end(doing, record, { kind, reason, by });
}

/** It started, and something else serves: it was rolled back, or something else was deployed meanwhile. */
async function lost(doing: Doing, { record, reached }: Progress, endpoint: DescribeEndpointOutput): Promise<string> {
  const failed = !reached.has('running') && endpoint.EndpointConfigName === record.state.champion_config;
  const reason = failed
    ? (endpoint.FailureReason ?? 'the variants did not come into service')
    : `${endpoint.EndpointConfigName} serves`;
  return end(doing, record, { kind: failed ? 'failed' : 'replaced', reason });
}

/** Everything before the mark may be repeated; the news comes after it, once. */
async function end({ context, records, time }: Doing, record: TrialRecord, outcome: TrialOutcome): Promise<string> {
  const state: TrialState = { ...record.state, status: 'ended', ended_at: time, outcome };
  const { version } = state.challenger;
  await writeState(context, state);
  await cleanUp(context, state);
  if (outcome.kind === 'promoted') {
    // The deploy function orders by the time of the event; the approval is older than the promotion.
    await handOver(context, { ...record.approval, time });
  } else await setLifeCycle(context, state, outcome.kind === 'failed' ? 'Failed' : 'TrialEnded', outcome.reason);
  if (await records.mark(record, 'ended', { ...outcome, time })) await tell(context, endedNews(state, outcome));
  return `the trial of version ${version} ended: ${outcome.kind}, ${outcome.reason}`;
}

/** A newer approval took the place of a trial; the state that everybody reads is the newer one's. */
async function replace({ context, records, time }: Doing, record: TrialRecord, by: TrialRecord): Promise<void> {
  const reason = `version ${by.state.challenger.version} was approved`;
  const outcome = { kind: 'replaced', reason } as const;
  await cleanUp(context, record.state);
  await setLifeCycle(context, record.state, 'TrialEnded', reason);
  if (await records.mark(record, 'ended', { ...outcome, time })) await tell(context, endedNews(record.state, outcome));
}

async function writeState({ artifacts, useCase, stage }: Context, state: TrialState): Promise<void> {
  await writeJson(artifacts, `${prefixes.live(useCase, stage)}/${trialFile}`, state);
}

async function tell(
  { sns, topicArn, useCase }: Context,
  news: { subject: string; lines: readonly string[] },
): Promise<void> {
  await publish(sns, topicArn, { useCase, kind: 'deployment', ...news });
}
