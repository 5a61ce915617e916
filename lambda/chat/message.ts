import * as z from 'zod';

const attribute = z.looseObject({ Value: z.string().optional() });

/** What SNS hands to a function: one record per event, but a list by its shape. */
export const snsEvent = z.looseObject({
  Records: z.array(
    z.looseObject({
      Sns: z.looseObject({
        MessageId: z.string(),
        Subject: z.string().nullish(),
        Message: z.string(),
        MessageAttributes: z.record(z.string(), attribute).default({}),
      }),
    }),
  ),
});
type Notification = z.infer<typeof snsEvent>['Records'][number]['Sns'];

/** News as chats show them. */
export interface Message {
  readonly id: string;
  readonly subject: string;
  /** Lines of plain text. */
  readonly text: string;
  readonly useCase: string;
  readonly kind: string;
}

/** @param useCase whose topic it is; messages that others publish there may not name it. */
export function messageOf(notification: Notification, useCase: string): Message {
  const { MessageId: id, Subject: subject, Message: text, MessageAttributes: attributes } = notification;
  const named = attributes['use_case']?.Value ?? useCase;
  return {
    id,
    subject: subject ?? `News of ${named}`,
    text,
    useCase: named,
    kind: attributes['kind']?.Value ?? 'news',
  };
}
