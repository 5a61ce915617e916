import type { Chat, ChatSettings, ChatType } from '@mooring/use-case/chat';
import { type Addresses, checkedAddress, noAddress } from './address';
import { reasonOf } from './failure';
import type { Message } from './message';
import { type Poster, requireAccepted } from './post';
import { slackMessage } from './slack';
import { teamsMessage } from './teams';
import type { Told } from './told';

/** Everything that telling needs. */
export interface Context extends ChatSettings {
  readonly addresses: Addresses;
  readonly post: Poster;
  readonly told: Told;
  /** Allowed beside the chats' own. */
  readonly origins: readonly string[];
}

const formats: Readonly<Record<ChatType, (message: Message) => object>> = { slack: slackMessage, teams: teamsMessage };

/**
 * Tells all chats of a use case, each of which fails alone. What has been told stays told while this environment of the
 * function lives: Lambda repeats the whole event when one of the chats was not told.
 *
 * @throws Error naming the chats that were not told, by their parameters.
 */
export async function tell(context: Context, message: Message): Promise<void> {
  const failures = (
    await Promise.all(context.chats.map((chat) => tellOne(context, chat, message).catch((error) => why(chat, error))))
  ).flatMap((each) => each ?? []);
  if (failures.length === 0) return;
  throw new Error(`${failures.length} of ${context.chats.length} chats were not told: ${failures.join('; ')}`);
}

const why = ({ type, parameter }: Chat, error: unknown): string => `${type} (${parameter}): ${reasonOf(error)}`;

async function tellOne(context: Context, { type, parameter }: Chat, message: Message): Promise<void> {
  const { addresses, told } = context;
  if (told.has(message.id, parameter)) return;
  const address = await addresses.of(parameter);
  if (address.trim() === noAddress) return;
  const url = checkedAddress(type, address, context.origins);
  const answer = await context.post(url, JSON.stringify(formats[type](message)));
  if (answer.status >= 400) addresses.forget(parameter);
  requireAccepted(answer);
  told.add(message.id, parameter);
}
