import { SSMClient } from '@aws-sdk/client-ssm';
import type { ChatSettings } from '@mooring/use-case/chat';
import { environment, requireEnv } from '../../contracts/environment';
import { log } from '../shared/log';
import { Addresses } from './address';
import { messageOf, snsEvent } from './message';
import { Notified } from './notified';
import { poster } from './post';
import { send } from './send';

const lasting = {
  addresses: new Addresses(new SSMClient({}), Date.now),
  notified: new Notified(Date.now),
  post: poster(),
};

/** Sends what SNS published to the chats of a use case. Fails when one did not receive it: Lambda tries again. */
export async function handler(received: unknown): Promise<void> {
  const { Records } = snsEvent.parse(received);
  const { chats } = JSON.parse(requireEnv(environment.settings)) as ChatSettings;
  const origins = (process.env[environment.chatOrigins] ?? '').split(' ').filter((each) => each !== '');
  for (const { Sns } of Records) {
    const message = messageOf(Sns, requireEnv(environment.useCase));
    await send({ ...lasting, chats, origins }, message);
    log('sent', { message: message.id, subject: message.subject, chats: chats.map((each) => each.parameter) });
  }
}
