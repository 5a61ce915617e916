import { z } from 'zod';

/** Webhooks of chat tools. They want JSON of their own form, and none answers SNS's request to confirm a subscription. */
const chats =
  /^(hooks\.slack\.com|.+\.webhook\.office\.com|.+\.logic\.azure\.com|.+\.api\.powerplatform\.com|discord\.com|chat\.googleapis\.com)$/;

const webhook = z.url().refine((url) => !chats.test(hostOf(url)), {
  error:
    'a chat would never confirm the subscription, nor understand what SNS posts; give the e-mail address of the channel in notifications.emails instead',
});

/**
 * Who is told about a use case. SNS posts its JSON envelope to webhooks, after they have confirmed the subscription; a chat
 * gets the same text as everybody, by the e-mail address that its channels have.
 */
export const notifications = z.strictObject({
  emails: z.array(z.email()).default([]),
  webhooks: z.array(webhook).default([]),
});

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
