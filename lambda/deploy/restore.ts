import type { RollbackRequest } from '../../contracts/events';
import { publish } from '../shared/news';
import { describePackage, moveOn } from './begin';
import type { Context } from './context';
import { Intents } from './intents';
import { planOf } from './plan';
import { readLive } from './publish';
import { notRestored } from './reports';

/** Somebody asked for the previous version: it becomes the stage's intent, with the stage's own shift and guardrails. */
export async function restore(context: Context, event: RollbackRequest): Promise<string> {
  const { useCase, stage, requestedBy: by = 'somebody', reason } = event.detail;
  if (useCase !== context.useCase || stage !== context.stage)
    return `not restored: the request is for ${useCase} in ${stage}`;
  const intents = new Intents(context.artifacts, context.useCase, context.stage);
  const asked = (await intents.newest())?.intent;
  // A repeated request must not go back twice: the first one is known by its time.
  if (asked?.restores !== undefined && asked.eventTime === event.time) return moveOn(context, intents, asked);
  const live = await readLive(context);
  if (live === undefined) return refuse(context, `nothing serves in ${stage} yet`);
  if (live.previous === undefined)
    return refuse(context, `version ${live.version} is the first one in ${stage}; there is no previous version`);
  if (live.deployed_at > event.time)
    return refuse(context, `version ${live.version} came to ${stage} after the request of ${event.time}; ask again`);
  const described = await describePackage(context, live.previous.package_arn);
  if (described.ModelApprovalStatus === 'Rejected')
    return refuse(context, `version ${live.previous.version} was rejected since it served; approve it, or another one`);
  const restores = { from: live.version, by, ...(reason === undefined ? {} : { reason }) };
  return moveOn(context, intents, await intents.record(await planOf(context, described), event.time, { restores }));
}

async function refuse(context: Context, reason: string): Promise<string> {
  const outcome = notRestored(context, reason);
  await publish(context.sns, context.topicArn, { useCase: context.useCase, kind: 'deployment', ...outcome });
  return `not restored: ${reason}`;
}
