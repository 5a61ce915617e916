import { log } from '../shared/log';
import type { Context } from './context';
import { type Move, moveTo } from './endpoint';
import type { Intent, Intents } from './intents';

/** Moves the endpoint towards an intent and notes that it started. */
export async function start(context: Context, intents: Intents, intent: Intent): Promise<Move> {
  const move = await moveTo(context, intent.plan.name);
  log('endpoint asked to move', { config: intent.plan.name, move });
  if (move !== 'busy') await intents.mark(intent, 'started', { config: intent.plan.name });
  return move;
}

/** What a move means, in words. */
export function describeMove({ endpointName }: Context, { plan }: Intent, move: Move): string {
  return move === 'busy'
    ? `${endpointName} is busy; its next event goes on with ${plan.name}`
    : `${endpointName} moves to ${plan.name}`;
}
