import { StartPipelineExecutionCommand } from '@aws-sdk/client-sagemaker';
import type { Decision } from '../../contracts/records/decision';
import { log } from '../shared/log';
import { publish } from '../shared/news';
import type { Context } from './context';
import { outsideEnvelope } from './envelope';
import { gatherFacts, readLive } from './facts';
import { attemptsSince, type Facts, judge } from './guards';
import { Ledger, type PromisedStart } from './ledger';
import { executionParameters } from './parameters';
import type { Request } from './request';
import { shortHash } from '../shared/hash';

/**
 * Decides about a request, once, and records why.
 *
 * A start is promised before it is made, and its token comes from the event: whoever repeats the event, even after a
 * crash between the two, starts the same execution and no other.
 */
export async function decide(context: Context, received: Request): Promise<Decision | 'duplicate'> {
  const ledger = new Ledger(context.artifacts, context.useCase);
  const entries = await ledger.entries();
  if (entries.some((each) => each.key === received.key)) return 'duplicate';
  const promised = await ledger.promised(received.key);
  if (promised !== undefined) return start(context, ledger, received, promised, {});

  const live = await readLive(context);
  const looked = await gatherFacts(context, ledger, received, live);
  const request = { ...received, time: notBefore(looked.alarm, received) };
  const facts = { ...looked, now: request.time };
  const verdict = judge(facts, context.settings);
  if (verdict.outcome !== 'start') return hold(context, ledger, request, verdict, facts);

  const attempt = attemptOf(context, request, facts);
  if (attempt !== undefined && !(await ledger.reserve(attempt, request.key))) return 'duplicate';
  const promise: PromisedStart = {
    token: shortHash([context.pipelineName, request.key], 64),
    parameters: await executionParameters(context, request, live),
    reason: [
      verdict.reason,
      ...outsideEnvelope(context.settings, live).map((each) => `Outside the envelope: ${each}; a person must approve.`),
    ].join(' '),
  };
  if (!(await ledger.promise(request.key, promise))) return 'duplicate';
  return start(context, ledger, request, promise, facts);
}

/**
 * The time of a request. A second look that arrives late may find an alarm that began after it was sent; what it starts
 * must not look older than the alarm, or the alarm would seem to be one that nobody acted on.
 */
function notBefore(alarm: Facts['alarm'], { trigger, time }: Request): string {
  const late = trigger === 'reconcile' && alarm?.state === 'ALARM' && Date.parse(alarm.since) > Date.parse(time);
  return late ? alarm.since : time;
}

/** Which attempt at which firing alarm a start would be; undefined when no alarm is the reason. */
function attemptOf({ useCase }: Context, { trigger, alarmSince }: Request, facts: Facts): string | undefined {
  if (trigger !== 'drift' && trigger !== 'reconcile') return undefined;
  const since = alarmSince ?? facts.alarm?.since;
  if (since === undefined) return undefined;
  const seconds = Math.floor(Date.parse(since) / 1_000);
  return shortHash([useCase, seconds, trigger === 'drift' ? 0 : attemptsSince(facts)], 16);
}

async function start(
  context: Context,
  ledger: Ledger,
  request: Request,
  promise: PromisedStart,
  facts: Partial<Facts>,
): Promise<Decision> {
  const { PipelineExecutionArn: executionArn } = await context.sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: context.pipelineName,
      PipelineExecutionDisplayName: `${request.trigger}-${request.key}`,
      PipelineExecutionDescription: promise.reason.slice(0, 3072),
      PipelineParameters: Object.entries(promise.parameters).map(([Name, Value]) => ({ Name, Value })),
      ClientRequestToken: promise.token,
    }),
  );
  const { reason, parameters } = promise;
  return record(context, ledger, {
    ...base(context, request),
    outcome: 'start',
    reason,
    executionArn,
    parameters,
    facts: { ...facts },
  });
}

function hold(
  context: Context,
  ledger: Ledger,
  request: Request,
  verdict: Pick<Decision, 'outcome' | 'reason'>,
  facts: Facts,
): Promise<Decision> | Decision {
  const decision: Decision = { ...base(context, request), ...verdict, facts: { ...facts } };
  // Looking and finding nothing to do is no news and no decision.
  return verdict.outcome === 'quiet' ? decision : record(context, ledger, decision);
}

function base(
  { useCase }: Context,
  { time, trigger, key, event }: Request,
): Pick<Decision, 'time' | 'trigger' | 'use_case' | 'key' | 'event'> {
  return { time, trigger, use_case: useCase, key, event };
}

async function record(context: Context, ledger: Ledger, decision: Decision): Promise<Decision> {
  log('decided', { outcome: decision.outcome, reason: decision.reason, key: decision.key });
  const before = (await ledger.entries()).at(-1);
  if (!(await ledger.record(decision))) return decision;
  // A second look that comes to the same result is no news; it is in the list of decisions all the same.
  if (decision.trigger !== 'reconcile' || decision.outcome === 'start' || before?.outcome !== decision.outcome) {
    await publish(context.sns, context.topicArn, {
      useCase: context.useCase,
      kind: 'retraining',
      subject: subjectOf(decision),
      lines: [
        decision.reason,
        '',
        ...(decision.executionArn === undefined ? [] : [`Pipeline execution: ${decision.executionArn}`]),
        ...Object.entries(decision.parameters ?? {}).map(([name, value]) => `${name}: ${value}`),
        'All decisions: npx mooring decisions; what they mean: docs/operating.md#retraining',
      ],
    });
  }
  return decision;
}

function subjectOf({ outcome, trigger }: Decision): string {
  if (outcome === 'start') return `retraining started (${trigger})`;
  return outcome === 'no-help' ? 'retraining does not help: a person should look' : `no retraining (${outcome})`;
}
