import { DescribeModelPackageCommand, type DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import type { ModelPackageStateChange } from '../../contracts/events';
import { publish } from '../shared/news';
import { complete } from './complete';
import type { Context } from './context';
import { describeEndpoint, prepare } from './endpoint';
import { refusal } from './gate';
import { ended, type Intent, Intents } from './intents';
import { type Plan, planOf } from './plan';
import { refused } from './reports';
import { describeMove, start } from './start';
import { needsTrial, putOnTrial } from './trial';

/** First half: an approval becomes the stage's intent, and the endpoint starts moving. Returns at once. */
export async function begin(context: Context, event: ModelPackageStateChange): Promise<string> {
  const described = await describePackage(context, event.detail.ModelPackageArn);
  const plan = await planOf(context, described);
  const intents = new Intents(context.artifacts, context.useCase, context.stage);
  const refusedBecause = await refusal(context, described, plan);
  if (refusedBecause !== undefined) {
    const { reason, quiet } = refusedBecause;
    if (!quiet) await tellRefusal(context, intents, plan, event.time, reason);
    return `not deployed: ${reason}`;
  }
  if (await servesAlready(context, intents, plan)) {
    // What its deployment left undone is made good.
    await complete(context, event.time);
    return `${plan.name} serves already`;
  }
  const { LastModifiedTime: changed, LastModifiedBy: by } = described;
  const approvedBy = event.detail.approvedBy ?? by?.IamIdentity?.Arn ?? by?.UserProfileName;
  if (await needsTrial(context, plan)) {
    await putOnTrial(context, { ...event, detail: { ...event.detail, approvedBy } });
    return `version ${plan.version} goes on trial first`;
  }
  const more = { changedAt: changed?.toISOString(), approvedBy };
  return moveOn(context, intents, await intents.record(plan, event.time, more));
}

/** Moves the endpoint towards an intent, unless a newer one came or it ended before. */
export async function moveOn(context: Context, intents: Intents, intent: Intent): Promise<string> {
  const newest = await intents.newest();
  if (newest !== undefined && newest.intent.id !== intent.id) {
    await intents.mark(intent, 'superseded', {
      subject: `superseded by version ${newest.intent.plan.version}`,
      lines: [],
    });
    return `superseded by ${newest.intent.id}`;
  }
  // A late repetition must not start again what was rolled back; its notification may still have to be sent.
  if (newest !== undefined && ended(newest.reached)) return complete(context, intent.eventTime);
  await prepare(context, intent.plan);
  const move = await start(context, intents, intent);
  return move === 'there' ? complete(context, intent.eventTime) : describeMove(context, intent, move);
}

export async function describePackage(context: Context, packageArn: string): Promise<DescribeModelPackageOutput> {
  return context.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
}

/** Whether the newest deployment brought exactly this, and it still serves: another event about it changes nothing. */
async function servesAlready(context: Context, intents: Intents, plan: Plan): Promise<boolean> {
  const newest = await intents.newest();
  if (newest?.reached.has('told') !== true || !newest.reached.has('done')) return false;
  if (newest.intent.plan.name !== plan.name) return false;
  return (await describeEndpoint(context))?.EndpointConfigName === plan.name;
}

/** An approval without effect is reported, once: the person who gave it waits for a deployment. */
async function tellRefusal(
  context: Context,
  intents: Intents,
  plan: Plan,
  time: string,
  reason: string,
): Promise<void> {
  const outcome = refused(context, plan, reason);
  if (!(await intents.mark({ id: Intents.idOf(plan, time) }, 'refused', { ...outcome, reason }))) return;
  await publish(context.sns, context.topicArn, { useCase: context.useCase, kind: 'deployment', ...outcome });
}
