import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { DeploymentEnd, DeploymentOutcome } from '../../contracts/records/deployment-record';
import { deploymentEnds } from '../../contracts/records/deployment-record';
import { publish } from '../shared/news';
import type { Context } from './context';
import { keepHouse } from './housekeeping';
import type { Intent, Intents, IntentState } from './intents';
import { approveForProduction } from './life-cycle';

/** Records the end of a deployment and sends the notification, once. What older approvals asked for is over with it. */
export async function finish(
  context: Context,
  intents: Intents,
  intent: Intent,
  end: DeploymentEnd,
  outcome: DeploymentOutcome,
): Promise<string> {
  const newest = await intents.newest();
  if (newest?.intent.id === intent.id)
    for (const older of await intents.open())
      if (older.id !== intent.id)
        await intents.mark(older, 'superseded', { subject: `superseded by version ${intent.plan.version}`, lines: [] });
  await intents.mark(intent, end, { ...outcome, requestId: context.requestId });
  return afterEnd(context, intents, await intents.stateOf(intent));
}

/**
 * What follows an end: the news, the approval for production, and then what may fail without changing the outcome.
 *
 * An invocation that died between the end and its news is retried by Lambda under the same request id, and sends them then;
 * other deliveries of the event have ids of their own and stay silent.
 */
export async function afterEnd(context: Context, intents: Intents, { intent, reached }: IntentState): Promise<string> {
  const end = deploymentEnds.find((each) => reached.has(each));
  const outcome = end && (await intents.details<DeploymentOutcome>(intent, end));
  if (outcome === undefined) return `${intent.plan.name} ended before`;
  if (outcome.requestId === context.requestId && !reached.has('told')) {
    await publish(context.sns, context.topicArn, {
      useCase: context.useCase,
      kind: 'deployment',
      subject: outcome.subject,
      lines: outcome.lines,
    });
    await intents.mark(intent, 'told', {});
  }
  if (end === 'done' && context.settings.promotes && !reached.has('promoted')) await promote(context, intents, intent);
  if (end !== 'superseded' && end !== 'refused') await keepHouse(context, intents, { intent, reached });
  return outcome.requestId === context.requestId ? outcome.subject : `${intent.plan.name} ended before`;
}

/** Approves for production what serves well in staging, unless somebody still has to judge the version itself. */
async function promote(context: Context, intents: Intents, intent: Intent): Promise<void> {
  const { packageArn } = intent.plan;
  const described = await context.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
  if (described.ModelApprovalStatus !== 'Approved') return;
  await approveForProduction(context, packageArn);
  await intents.mark(intent, 'promoted', {});
}
