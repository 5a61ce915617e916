import type { Body } from '../../../core/service';

export interface TopicRecord {
  readonly name: string;
  readonly arn: string;
  /** As SetTopicAttributes takes them: DisplayName, Policy, KmsMasterKeyId ... */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export const protocols = ['email', 'email-json', 'lambda', 'sqs', 'http', 'https', 'sms'] as const;
export type Protocol = (typeof protocols)[number];

export interface SubscriptionRecord {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy ... */
  readonly attributes: Readonly<Record<string, string>>;
}

export const topicAttributes: readonly string[] = [
  'DisplayName',
  'Policy',
  'KmsMasterKeyId',
  'FifoTopic',
  'ContentBasedDeduplication',
  'SignatureVersion',
  'TracingConfig',
  'DeliveryPolicy',
  'FifoThroughputScope',
];
export const subscriptionAttributes: readonly string[] = [
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'DeliveryPolicy',
  'SubscriptionRoleArn',
];

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: unknown;
}

/** A message on its way to a topic's subscriptions. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  /** With MessageStructure json: text by protocol. */
  readonly byProtocol?: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** ISO-8601. */
  readonly time: string;
}

/** What a subscription with this protocol receives as the message. */
export const textFor = (notification: Notification, protocol: Protocol): string =>
  notification.byProtocol?.[protocol] ?? notification.byProtocol?.default ?? notification.message;

function wireAttributes(notification: Notification): Body {
  return Object.fromEntries(
    Object.entries(notification.attributes).map(([name, { DataType, StringValue }]) => [
      name,
      { Type: DataType, Value: StringValue },
    ]),
  );
}

/** The JSON an SQS queue or an HTTP endpoint receives. */
export function notificationBody(notification: Notification, subscription: SubscriptionRecord): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: notification.messageId,
    TopicArn: notification.topicArn,
    ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
    Message: textFor(notification, subscription.protocol),
    Timestamp: notification.time,
    SignatureVersion: '1',
    Signature: 'local',
    SigningCertURL: '',
    UnsubscribeURL: '',
    ...(Object.keys(notification.attributes).length === 0 ? {} : { MessageAttributes: wireAttributes(notification) }),
  });
}

/** The event a subscribed function receives. */
export function functionEvent(notification: Notification, subscription: SubscriptionRecord): Body {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: notification.messageId,
          TopicArn: notification.topicArn,
          Subject: notification.subject ?? null,
          Message: textFor(notification, subscription.protocol),
          Timestamp: notification.time,
          SignatureVersion: '1',
          Signature: 'local',
          SigningCertUrl: '',
          UnsubscribeUrl: '',
          MessageAttributes: wireAttributes(notification),
        },
      },
    ],
  };
}
