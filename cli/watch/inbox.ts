import type { Session } from '../shared/session';

/** A message that SNS delivered to an e-mail address; on the laptop it lands in the inbox. */
export interface Notification {
  readonly time: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/** Messages in the local inbox, oldest first. */
export async function readInbox(session: Session): Promise<readonly Notification[]> {
  const { messages } = (await session.control('GET', '/_local/inbox')) as {
    readonly messages: readonly Notification[];
  };
  return messages;
}
