import { z } from 'zod';
import { chatHosts, chatParameters, chatTypes } from '../chat';

const instead = `put it into an SSM parameter, e.g. ${chatParameters}/<channel>, and name that parameter in notifications.chats (docs/operating.md#chats)`;
const connectors = /^.+\.webhook\.office\.com$/;
const otherChats = /^(discord\.com|chat\.googleapis\.com)$/;

/** Webhooks of chat tools want JSON of their own form, and none answers SNS's request to confirm a subscription. */
const webhook = z.url().superRefine((url, context) => {
  const message = refusal(hostOf(url));
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function refusal(host: string): string | undefined {
  if (Object.values(chatHosts).some((each) => each.test(host)))
    return `the webhook of a chat is a secret, and does not understand what SNS posts; ${instead}`;
  if (connectors.test(host))
    return `connectors of Office 365 are retired; make a workflow in Teams that posts when a webhook request is received. Its address is a secret: ${instead}`;
  if (otherChats.test(host))
    return `this chat would never confirm the subscription, nor understand what SNS posts; chats that have a format of their own are ${chatTypes.join(' and ')} (notifications.chats), and any other channel that has an e-mail address may be in notifications.emails`;
  return undefined;
}

const channel = /^[A-Za-z0-9_.-]{1,100}$/;
const pattern = `^${chatParameters}/${channel.source.slice(1)}`;

/** The message never shows what was given: it may be the secret itself. */
const parameter = z
  .string()
  .superRefine((given, context) => {
    if (given.startsWith(`${chatParameters}/`) && channel.test(given.slice(chatParameters.length + 1))) return;
    const message = given.includes('://')
      ? `the address of a webhook is a secret; ${instead}`
      : `the name of an SSM parameter below ${chatParameters}/ is needed: ${chatParameters}/<channel>, of letters, digits and _.-`;
    context.addIssue({ code: 'custom', message });
  })
  .meta({
    pattern,
    description: 'SSM parameter (SecureString) with the address of the webhook; the address itself never goes here.',
  });

const chat = z.strictObject({ type: z.enum(chatTypes), parameter });

/**
 * Who is told about a use case. SNS posts its JSON envelope to webhooks, after they have confirmed the subscription; chats
 * get the same text as everybody, in their own format, by the chat function.
 */
export const notifications = z.strictObject({
  emails: z.array(z.email()).default([]),
  webhooks: z.array(webhook).default([]),
  /** Left out: no chat, and no function for it. */
  chats: z
    .array(chat)
    .max(10)
    .refine((chats) => new Set(chats.map((each) => each.parameter)).size === chats.length, {
      error: 'two chats have the same parameter; list each channel once',
    })
    .optional(),
});

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
