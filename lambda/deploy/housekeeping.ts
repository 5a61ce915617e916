import { publish } from '../shared/news';
import { cleanUp } from './clean-up';
import type { Context } from './context';
import { describeEndpoint } from './endpoint';
import type { Intents, IntentState } from './intents';
import { readLive } from './publish';
import { notScaled } from './reports';
import { setScaling } from './scaling';

/**
 * What a deployment leaves to do once it has ended and people know: scaling, and the removal of what nobody needs any more.
 *
 * It comes after the end, so that a failure here never leaves a deployment that serves but does not end. What fails makes the
 * invocation fail: Lambda repeats it, an alarm fires, and every later event of the endpoint tries again what is not marked.
 *
 * @throws Error with every part that failed.
 */
export async function keepHouse(context: Context, intents: Intents, state: IntentState): Promise<void> {
  const failures: string[] = [];
  for (const part of [scale, tidy]) {
    try {
      await part(context, intents, state);
    } catch (error) {
      failures.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }
  if (failures.length > 0)
    throw new Error(`${state.intent.plan.name} ended, but not all was done after it: ${failures.join('; ')}`);
}

async function scale(context: Context, intents: Intents, { intent, reached }: IntentState): Promise<void> {
  if (context.settings.stage.autoscaling === undefined || reached.has('scaled')) return;
  if ((await describeEndpoint(context))?.EndpointStatus !== 'InService') return;
  try {
    await setScaling(context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (await intents.mark(intent, 'not-scaled', { reason }))
      await publish(context.sns, context.topicArn, {
        useCase: context.useCase,
        kind: 'deployment',
        ...notScaled(context, intent.plan, reason),
      });
    throw error;
  }
  await intents.mark(intent, 'scaled', {});
}

async function tidy(context: Context, intents: Intents, { intent, reached }: IntentState): Promise<void> {
  if (reached.has('cleaned')) return;
  const [endpoint, live] = await Promise.all([describeEndpoint(context), readLive(context)]);
  const kept = [endpoint?.EndpointConfigName, live?.endpoint_config, live?.previous?.endpoint_config];
  await cleanUp(context, intents, intent.plan.name, kept);
  await intents.mark(intent, 'cleaned', {});
}
