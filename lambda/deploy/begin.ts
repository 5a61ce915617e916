import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { ModelPackageStateChange } from '../../contracts/events';
import { complete } from './complete';
import type { Context } from './context';
import { prepare } from './endpoint';
import { Intents } from './intents';
import { planOf } from './plan';
import { describeMove, start } from './start';

/** First half: an approval becomes the stage's intent, and the endpoint starts moving. Returns at once. */
export async function begin(context: Context, event: ModelPackageStateChange): Promise<string> {
  const packageArn = event.detail.ModelPackageArn;
  const described = await context.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
  // Events may be late: what counts is the package as it is now. A stage before production serves what is still to be judged.
  const allowed = context.stage === 'production' ? ['Approved'] : ['Approved', 'PendingManualApproval'];
  if (!allowed.includes(described.ModelApprovalStatus ?? ''))
    return `not deployed: ${packageArn} is ${described.ModelApprovalStatus ?? 'gone'}`;

  const intents = new Intents(context.artifacts, context.useCase, context.stage);
  const intent = await intents.record(planOf(context, described), event.time);
  const newest = await intents.newest();
  if (newest !== undefined && newest.intent.id !== intent.id) return `superseded by ${newest.intent.id}`;
  if (newest?.reached.has('done') === true) return `${intent.plan.name} was deployed already`;

  await prepare(context, intent.plan);
  const move = await start(context, intents, intent);
  return move === 'there' ? complete(context, event.time) : describeMove(context, intent, move);
}
