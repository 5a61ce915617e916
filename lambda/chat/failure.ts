/**
 * Why a chat did not receive a message. The message is of our own making: messages of others may hold the address of the webhook, and
 * end in the log, in an alarm or in the dead letters.
 */
export class ChatFailure extends Error {}

/** The reason of any error that may be reported. */
export function reasonOf(error: unknown): string {
  if (error instanceof ChatFailure) return error.message;
  return error instanceof Error ? `failed with ${error.name}` : 'failed';
}
