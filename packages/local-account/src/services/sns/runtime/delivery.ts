import { AwsError, messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import { nameOfArn } from '../../shared/arn';
import { countMetrics } from '../../shared/count-metrics';
import type { Source } from '../../shared/resource-policy';
import { passesFilter } from './filter';
import type { Inbox } from './inbox';
import { functionEvent, notificationBody, textFor, type Notification, type SubscriptionRecord } from './topic';

declare module '../../../core/trace' {
  interface TraceEvents {
    'notification.published': {
      readonly topic: string;
      readonly messageId: string;
      readonly subject?: string;
      readonly subscriptions: number;
    };
    'notification.delivered': {
      readonly topic: string;
      readonly messageId: string;
      readonly protocol: string;
      readonly endpoint: string;
      readonly how: 'delivered' | 'inbox' | 'would be sent';
    };
    'notification.failed': {
      readonly topic: string;
      readonly messageId: string;
      readonly protocol: string;
      readonly endpoint: string;
      readonly error: string;
    };
  }
}

interface Pending {
  readonly id: string;
  readonly subscriptionArn: string;
  readonly notification: Notification;
}

/** Brings notifications to subscriptions. What was accepted is on disk until it is through. */
export class NotificationDelivery {
  private readonly pending: Collection<Pending>;

  constructor(
    private readonly account: AccountParts,
    private readonly subscriptions: Collection<SubscriptionRecord>,
    private readonly inbox: Inbox,
  ) {
    this.pending = account.store.collection('sns.deliveries');
  }

  accept(notification: Notification): void {
    const receivers = this.subscriptions
      .values()
      .filter((each) => each.topicArn === notification.topicArn && passesFilter(each, notification));
    this.account.trace.emit('notification.published', {
      topic: notification.topicArn,
      messageId: notification.messageId,
      subscriptions: receivers.length,
      ...(notification.subject === undefined ? {} : { subject: notification.subject }),
    });
    this.count(notification, { NumberOfMessagesPublished: 1 });
    for (const { arn } of receivers) {
      const pending: Pending = { id: this.account.newId(), subscriptionArn: arn, notification };
      this.pending.put(pending.id, pending);
      this.begin(pending);
    }
  }

  resume(): void {
    for (const pending of this.pending.values()) this.begin(pending);
  }

  private begin(pending: Pending): void {
    void this.account.clock.track(Promise.resolve().then(() => this.deliver(pending)));
  }

  private async deliver({ id, subscriptionArn, notification }: Pending): Promise<void> {
    const subscription = this.subscriptions.get(subscriptionArn);
    if (subscription !== undefined) {
      const { protocol, endpoint } = subscription;
      const facts = { topic: notification.topicArn, messageId: notification.messageId, protocol, endpoint };
      try {
        this.account.trace.emit('notification.delivered', {
          ...facts,
          how: await this.send(subscription, notification),
        });
        this.count(notification, { NumberOfNotificationsDelivered: 1 });
      } catch (error) {
        const buried = this.bury(subscription, notification, error);
        this.count(notification, { NumberOfNotificationsFailed: 1 });
        this.account.trace.emit('notification.failed', { ...facts, error: `${messageOf(error)}${buried}` });
      }
    }
    this.pending.delete(id);
  }

  private count(notification: Notification, counts: Readonly<Record<string, number>>): void {
    countMetrics(this.account, 'AWS/SNS', { TopicName: nameOfArn(notification.topicArn) }, counts);
  }

  private async send(
    subscription: SubscriptionRecord,
    notification: Notification,
  ): Promise<'delivered' | 'inbox' | 'would be sent'> {
    const { protocol, endpoint } = subscription;
    const source: Source = { service: 'sns.amazonaws.com', arn: notification.topicArn };
    switch (protocol) {
      case 'email':
      case 'email-json':
      case 'sms': {
        const body =
          protocol === 'email-json' ? notificationBody(notification, subscription) : textFor(notification, protocol);
        this.inbox.add({
          time: notification.time,
          to: endpoint,
          topicArn: notification.topicArn,
          subject: notification.subject ?? 'AWS Notification Message',
          body,
        });
        return 'inbox';
      }
      case 'lambda':
        this.account
          .peer('functions')
          .invokeFor(source, endpoint, JSON.stringify(functionEvent(notification, subscription)));
        return 'delivered';
      case 'sqs':
        this.sendToQueue(source, endpoint, subscription, notification);
        return 'delivered';
      case 'http':
      case 'https':
        return this.post(subscription, notification);
    }
  }

  private sendToQueue(
    source: Source,
    queueArn: string,
    subscription: SubscriptionRecord,
    notification: Notification,
  ): void {
    const raw = subscription.attributes.RawMessageDelivery === 'true';
    const attributes = raw
      ? (notification.attributes as Readonly<Record<string, { DataType: string; StringValue: string }>>)
      : undefined;
    this.account
      .peer('queues')
      .sendFor(source, queueArn, raw ? textFor(notification, 'sqs') : notificationBody(notification, subscription), {
        attributes,
        ...(queueArn.endsWith('.fifo')
          ? {
              groupId: notification.groupId ?? 'default',
              deduplicationId: notification.deduplicationId ?? notification.messageId,
            }
          : {}),
      });
  }

  /** Only this machine is called; for any other address the trace says what would have been sent. */
  private async post(
    subscription: SubscriptionRecord,
    notification: Notification,
  ): Promise<'delivered' | 'would be sent'> {
    const { hostname } = new URL(subscription.endpoint);
    if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return 'would be sent';
    const response = await fetch(subscription.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-message-id': notification.messageId,
        'x-amz-sns-topic-arn': notification.topicArn,
        'x-amz-sns-subscription-arn': subscription.arn,
      },
      body:
        subscription.attributes.RawMessageDelivery === 'true'
          ? textFor(notification, subscription.protocol)
          : notificationBody(notification, subscription),
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok) throw new AwsError('EndpointUnavailable', `${subscription.endpoint} answered ${response.status}`);
    return 'delivered';
  }

  private bury(subscription: SubscriptionRecord, notification: Notification, cause: unknown): string {
    const policy = subscription.attributes.RedrivePolicy;
    if (policy === undefined || policy === '') return '';
    try {
      const { deadLetterTargetArn } = JSON.parse(policy) as { readonly deadLetterTargetArn: string };
      this.account
        .peer('queues')
        .sendFor(
          { service: 'sns.amazonaws.com', arn: notification.topicArn },
          deadLetterTargetArn,
          notificationBody(notification, subscription),
          {
            attributes: { ErrorMessage: { DataType: 'String', StringValue: messageOf(cause) } },
          },
        );
      return '';
    } catch (error) {
      return `; the dead-letter queue did not take it either: ${messageOf(error)}`;
    }
  }
}
