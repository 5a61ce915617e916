import { SSMClient } from '@aws-sdk/client-ssm';
import type { ChatSettings } from '@mooring/use-case/chat';
import { environment, requireEnv } from '../../contracts/environment';
import { log } from '../shared/log';
import { Addresses } from './address';
import { messageOf, snsEvent } from './message';
import { poster } from './post';
import { tell } from './tell';
import { Told } from './told';

const lasting = { addresses: new Addresses(new SSMClient({}), Date.now), told: new Told(Date.now), post: poster() };

/** Tells the chats of a use case what SNS told its other subscribers. Fails when one was not told: Lambda tries again. */
export async function handler(received: unknown): Promise<void> {
  const { Records } = snsEvent.parse(received);
  const { chats } = JSON.parse(requireEnv(environment.settings)) as ChatSettings;
  const origins = (process.env[environment.chatOrigins] ?? '').split(' ').filter((each) => each !== '');
  for (const { Sns } of Records) {
    const message = messageOf(Sns, requireEnv(environment.useCase));
    await tell({ ...lasting, chats, origins }, message);
    log('told', { message: message.id, subject: message.subject, chats: chats.map((each) => each.parameter) });
  }
}
