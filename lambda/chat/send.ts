import type { Chat, ChatSettings, ChatType } from '@mooring/use-case/chat';
import { type Addresses, checkedAddress, noAddress } from './address';
import { reasonOf } from './failure';
import type { Message } from './message';
import type { Notified } from './notified';
import { type Poster, requireAccepted } from './post';
import { slackMessage } from './slack';
import { teamsMessage } from './teams';

/** Everything that sending needs. */
export interface Context extends ChatSettings {
  readonly addresses: Addresses;
  readonly post: Poster;
  readonly notified: Notified;
  /** Allowed beside the chats' own. */
  readonly origins: readonly string[];
}

const formats: Readonly<Record<ChatType, (message: Message) => object>> = { slack: slackMessage, teams: teamsMessage };

/**
 * Sends a message to all chats of a use case; each fails on its own. What was sent is remembered while this environment of the
 * function lives, because Lambda repeats the whole event when one of the chats failed.
 *
 * @throws Error naming the chats that did not receive it, by their parameters.
 */
export async function send(context: Context, message: Message): Promise<void> {
  const failures = (
    await Promise.all(context.chats.map((chat) => sendOne(context, chat, message).catch((error) => why(chat, error))))
  ).flatMap((each) => each ?? []);
  if (failures.length === 0) return;
  throw new Error(
    `${failures.length} of ${context.chats.length} chats did not receive the message: ${failures.join('; ')}`,
  );
}

const why = ({ type, parameter }: Chat, error: unknown): string => `${type} (${parameter}): ${reasonOf(error)}`;

async function sendOne(context: Context, { type, parameter }: Chat, message: Message): Promise<void> {
  const { addresses, notified } = context;
  if (notified.has(message.id, parameter)) return;
  const address = await addresses.of(parameter);
  if (address.trim() === noAddress) return;
  const url = checkedAddress(type, address, context.origins);
  const answer = await context.post(url, JSON.stringify(formats[type](message)));
  if (answer.status >= 400) addresses.forget(parameter);
  requireAccepted(answer);
  notified.add(message.id, parameter);
}
