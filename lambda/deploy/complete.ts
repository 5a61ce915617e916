import type { DescribeEndpointOutput } from '@aws-sdk/client-sagemaker';
import { capturedKeys, newlyCaptured, recordCapture } from './capture';
import type { Context } from './context';
import { describeEndpoint, moveTo } from './endpoint';
import { afterEnd, finish } from './finish';
import { ended, type Intent, Intents, type IntentState } from './intents';
import { setLifeCycle } from './life-cycle';
import { evaluationOf, previousOf, publishLive, readLive } from './publish';
import { deployed, failed, notTested, rolledBack } from './reports';
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
  const { intent, reached } = newest;
  if (ended(reached)) return afterEnd(context, intents, newest);
  const endpoint = await describeEndpoint(context);
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

  const previous = await previousOf(intents, intent, before);
  const metricsBefore = await evaluationOf(context, before?.endpoint_config === plan.name ? undefined : before);
  if (before !== undefined && before.package_arn !== plan.packageArn)
    await setLifeCycle(context, before.package_arn, intent.restores === undefined ? 'replaced' : 'rolledBack', {
      description: `version ${plan.version} serves at ${context.endpointName} since ${time}`,
    });
  const live = await publishLive(context, plan, time, previous);
  await setLifeCycle(context, plan.packageArn, 'serving', {
    description: `serves at ${context.endpointName} since ${time}`,
  });
  const captured = tested.verdict === 'passed' ? await newlyCaptured(context, time, known) : undefined;
  await recordCapture(context, time, captured);
  const metrics = { now: await evaluationOf(context, live), before: metricsBefore };
  const outcome = deployed({ context, intent, live, before, metrics, tested, captured });
  return finish(context, intents, intent, 'done', { ...outcome, live });
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
    await setLifeCycle(context, intent.plan.packageArn, 'failed', { description: reason });
    return finish(context, intents, intent, 'failed', { ...notTested(context, intent.plan, reason), reason });
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
  const serving = endpoint.EndpointConfigName ?? 'an unknown configuration';
  const reverting = await intents.details<{ readonly reason?: string }>(intent, 'reverting');
  const reason = reverting?.reason === undefined ? endpoint.FailureReason : `smoke test: ${reverting.reason}`;
  const live = await readLive(context);
  await setLifeCycle(context, intent.plan.packageArn, 'rolledBack', {
    description: `rolled back, ${serving} serves: ${reason ?? 'a guardrail alarm'}`,
  });
  const outcome = rolledBack(context, intent.plan, { serving, live, reason });
  return finish(context, intents, intent, 'rolled-back', { ...outcome, reason });
}

async function reportFailure(
  context: Context,
  intents: Intents,
  intent: Intent,
  endpoint: DescribeEndpointOutput,
): Promise<string> {
  const reason = endpoint.FailureReason ?? 'SageMaker gave no reason';
  await setLifeCycle(context, intent.plan.packageArn, 'failed', { description: reason });
  const outcome = failed(context, intent.plan, endpoint.EndpointStatus ?? '', reason);
  return finish(context, intents, intent, 'failed', { ...outcome, reason });
}
