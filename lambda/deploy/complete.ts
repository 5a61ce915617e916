import type { DescribeEndpointOutput } from '@aws-sdk/client-sagemaker';
import { cleanUp } from './clean-up';
import type { Context } from './context';
import { describeEndpoint, moveTo, removeGuardrails } from './endpoint';
import { type Intent, Intents, type IntentState } from './intents';
import { capturedKeys, newlyCaptured } from './capture';
import { publishLive, readLive, setLifeCycle, setScaling } from './publish';
import { deployed, failed, notTested, rolledBack, type Outcome } from './reports';
import { publish } from '../shared/news';
import { smokeTest } from './smoke-test';
import { describeMove, start } from './start';

/**
 * Second half: looks at what the endpoint serves now and compares it with what it should serve.
 *
 * An endpoint is in service after a rollback too; only the configuration's name tells. Every part may run again.
 *
 * @param time of the event, which is the time of what is recorded here.
 */
export async function complete(context: Context, time: string): Promise<string> {
  const intents = new Intents(context.artifacts, context.useCase, context.stage);
  const newest = await intents.newest();
  if (newest === undefined) return `nothing was approved for ${context.endpointName}`;
  const endpoint = await describeEndpoint(context);
  const { intent, reached } = newest;
  if (ended(reached)) return `${intent.plan.name} ended before`;
  if (endpoint === undefined) return describeMove(context, intent, await start(context, intents, intent));
  switch (endpoint.EndpointStatus) {
    case 'InService':
      if (endpoint.EndpointConfigName === intent.plan.name) return succeed(context, intents, newest, time);
      if (reached.has('started') || reached.has('reverting')) return reportRollback(context, intents, newest, endpoint);
      return describeMove(context, intent, await start(context, intents, intent));
    case 'Failed':
    case 'UpdateRollbackFailed':
      return reportFailure(context, intents, intent, endpoint);
    default:
      return `${context.endpointName} is ${endpoint.EndpointStatus ?? 'in an unknown state'}`;
  }
}

function ended(reached: IntentState['reached']): boolean {
  return reached.has('done') || reached.has('rolled-back') || reached.has('failed');
}

async function succeed(
  context: Context,
  intents: Intents,
  { intent, reached }: IntentState,
  time: string,
): Promise<string> {
  if (reached.has('reverting')) return `${context.endpointName} is on its way back from ${intent.plan.name}`;
  const { plan } = intent;
  const before = await readLive(context);
  const known = await capturedKeys(context, time);
  const tested = await smokeTest(context, plan);
  if (tested.verdict === 'failed') return revert(context, intents, intent, tested.reason, before?.endpoint_config);

  const live = await publishLive(context, plan, time, before);
  await setLifeCycle(context, plan.packageArn, 'Approved', `serves at ${context.endpointName} since ${time}`);
  await setScaling(context);
  await removeGuardrails(context, [plan.name]);
  await cleanUp(context, [plan.name, live.previous?.endpoint_config]);
  const captured = tested.verdict === 'passed' ? await newlyCaptured(context, time, known) : undefined;
  return finish(context, intents, intent, 'done', deployed({ context, live, tested, captured }));
}

/** The new model answers, but wrongly: bring the previous configuration back. */
async function revert(
  context: Context,
  intents: Intents,
  intent: Intent,
  reason: string,
  previous?: string,
): Promise<string> {
  if (previous === undefined || previous === intent.plan.name) {
    await setLifeCycle(context, intent.plan.packageArn, 'Rejected', reason);
    return finish(context, intents, intent, 'failed', notTested(context, intent.plan, reason));
  }
  await intents.mark(intent, 'reverting', { reason, to: previous });
  const move = await moveTo(context, previous, false);
  return `smoke test failed (${reason}); ${context.endpointName} goes back to ${previous}: ${move}`;
}

async function reportRollback(
  context: Context,
  intents: Intents,
  { intent }: IntentState,
  endpoint: DescribeEndpointOutput,
): Promise<string> {
  const live = endpoint.EndpointConfigName ?? 'an unknown configuration';
  const reason = (await intents.details(intent, 'reverting'))?.reason ?? endpoint.FailureReason;
  await setLifeCycle(context, intent.plan.packageArn, 'Rejected', `rolled back; ${live} serves`);
  await removeGuardrails(context, [intent.plan.name]);
  return finish(context, intents, intent, 'rolled-back', rolledBack(context, intent.plan, live, reason));
}

async function reportFailure(
  context: Context,
  intents: Intents,
  intent: Intent,
  endpoint: DescribeEndpointOutput,
): Promise<string> {
  const reason = endpoint.FailureReason ?? 'SageMaker gave no reason';
  await setLifeCycle(context, intent.plan.packageArn, 'Rejected', reason);
  await removeGuardrails(context, [intent.plan.name]);
  return finish(
    context,
    intents,
    intent,
    'failed',
    failed(context, intent.plan, endpoint.EndpointStatus ?? '', reason),
  );
}

/** Notes the end and tells people, once. */
async function finish(
  context: Context,
  intents: Intents,
  intent: Intent,
  end: 'done' | 'rolled-back' | 'failed',
  outcome: Outcome,
): Promise<string> {
  const first = await intents.mark(intent, end, { summary: outcome.subject });
  if (first) await publish(context.sns, context.topicArn, { useCase: context.useCase, kind: 'deployment', ...outcome });
  return outcome.subject;
}
