import { AwsError, messageOf, Unsupported } from '../../../core/errors';
import { bodies, body, list, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import { AwsMap, type AwsService, type Body, type Operation, type Permission } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { checkBatchEntries } from '../../shared/batch-entries';
import { keyPermissions, requireKeyAccess } from '../../shared/encryption';
import type { TopicPublisher } from '../../shared/peers';
import { policyDocument, requireServiceAccess, type Source } from '../../shared/resource-policy';
import { tagList, tagMap } from '../../shared/tags';
import {
  byProtocol,
  checkedName,
  checkFilter,
  describedSubscription,
  describedTopic,
  invalid,
  isProtocol,
  listedSubscription,
} from './attributes';
import { NotificationDelivery } from '../runtime/delivery';
import type { Inbox } from '../runtime/inbox';
import {
  protocols,
  subscriptionAttributes,
  topicAttributes,
  type MessageAttribute,
  type SubscriptionRecord,
  type TopicRecord,
} from '../runtime/topic';

const notFound = (what: string): AwsError => new AwsError('NotFound', `${what} does not exist`, 404);

/** SNS: topics, subscriptions, publishing. */
export class Sns implements AwsService, TopicPublisher {
  readonly signingName = 'sns';
  readonly xmlNamespace = 'http://sns.amazonaws.com/doc/2010-03-31/';
  private readonly topics: Collection<TopicRecord>;
  private readonly subscriptions: Collection<SubscriptionRecord>;
  private readonly delivery: NotificationDelivery;

  readonly operations: Readonly<Record<string, Operation>> = {
    CreateTopic: (input) => this.createTopic(input),
    DeleteTopic: (input) => this.deleteTopic(text(input, 'TopicArn')),
    ListTopics: () => ({ Topics: this.topics.values().map((each) => ({ TopicArn: each.arn })) }),
    GetTopicAttributes: (input) => ({
      Attributes: new AwsMap(this.described(this.topic(text(input, 'TopicArn')))),
    }),
    SetTopicAttributes: (input) => this.setTopicAttribute(input),
    Subscribe: (input) => this.subscribe(input),
    ConfirmSubscription: (input) => ({
      SubscriptionArn: this.subscriptions.values().find((each) => each.topicArn === text(input, 'TopicArn'))?.arn,
    }),
    Unsubscribe: (input) => {
      checkArn('SubscriptionArn', text(input, 'SubscriptionArn'));
      this.subscriptions.delete(text(input, 'SubscriptionArn'));
    },
    ListSubscriptions: () => ({
      Subscriptions: this.subscriptions.values().map((each) => listedSubscription(each, this.account.accountId)),
    }),
    ListSubscriptionsByTopic: (input) => {
      const { arn } = this.topic(text(input, 'TopicArn'));
      return {
        Subscriptions: this.subscriptions
          .values()
          .filter((each) => each.topicArn === arn)
          .map((each) => listedSubscription(each, this.account.accountId)),
      };
    },
    GetSubscriptionAttributes: (input) => ({
      Attributes: new AwsMap(
        describedSubscription(this.subscription(text(input, 'SubscriptionArn')), this.account.accountId),
      ),
    }),
    SetSubscriptionAttributes: (input) => this.setSubscriptionAttribute(input),
    Publish: (input) => ({ MessageId: this.publish(this.publishTopic(input), input) }),
    PublishBatch: (input) => this.publishBatch(input),
    TagResource: (input) =>
      this.tag(text(input, 'ResourceArn'), (tags) => ({ ...tags, ...tagMap(list(input, 'Tags')) })),
    UntagResource: (input) => {
      const removed = new Set(textList(input, 'TagKeys'));
      this.tag(text(input, 'ResourceArn'), (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key))),
      );
    },
    ListTagsForResource: (input) => ({ Tags: tagList(this.topic(text(input, 'ResourceArn')).tags) }),
  };

  constructor(
    private readonly account: AccountParts,
    inbox: Inbox,
  ) {
    this.topics = account.store.collection('sns.topics');
    this.subscriptions = account.store.collection('sns.subscriptions');
    this.delivery = new NotificationDelivery(account, this.subscriptions, inbox);
  }

  start(): void {
    this.delivery.resume();
  }

  publishFor(source: Source, message: Parameters<TopicPublisher['publishFor']>[1]): string {
    const topic = this.topic(message.topicArn);
    const { Policy } = this.described(topic);
    requireServiceAccess(
      Policy === undefined ? undefined : policyDocument(Policy, 'Policy'),
      source,
      { action: 'sns:Publish', resource: topic.arn },
      this.account.accountId,
      `add an AWS::SNS::TopicPolicy that allows sns:Publish to ${source.service} (in CDK: topic.grantPublish(new ServicePrincipal('${source.service}')))`,
    );
    requireKeyAccess(this.account, topic.attributes.KmsMasterKeyId, source, `the topic ${topic.name}`);
    return this.send(topic, {
      Subject: message.subject,
      Message: message.message,
      MessageAttributes: message.attributes,
    });
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const action = `sns:${operation === 'PublishBatch' ? 'Publish' : operation}`;
    const arn =
      optionalText(input, 'TopicArn') ??
      optionalText(input, 'TargetArn') ??
      optionalText(input, 'ResourceArn') ??
      optionalText(input, 'SubscriptionArn')?.split(':').slice(0, 6).join(':');
    const name = optionalText(input, 'Name');
    const attributes = arn === undefined ? undefined : this.topics.get(arn)?.attributes;
    const policy = attributes?.Policy;
    const resourcePolicy = policy === undefined ? undefined : policyDocument(policy, 'Policy');
    const key = action === 'sns:Publish' ? keyPermissions(this.account, attributes?.KmsMasterKeyId, 'sns') : [];
    return [
      { action, resource: arn ?? (name === undefined ? '*' : this.account.arn('sns', name)), resourcePolicy },
      ...key,
    ];
  }

  private publishTopic(input: Body): TopicRecord {
    if (input.PhoneNumber !== undefined)
      throw new Unsupported(
        'Publish to a PhoneNumber',
        'publish to a topic with an sms subscription; it goes to the inbox',
      );
    return this.topic(optionalText(input, 'TopicArn') ?? text(input, 'TargetArn'));
  }

  private publish(topic: TopicRecord, entry: Body): string {
    const message = optionalText(entry, 'Message') ?? '';
    if (message === '') throw invalid('Empty message');
    if (entry.MessageDeduplicationId !== undefined && !topic.name.endsWith('.fifo'))
      throw invalid(
        'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
      );
    const subject = optionalText(entry, 'Subject');
    if (Buffer.byteLength(message) > 262_144) throw invalid('Message too long');
    if (subject !== undefined && (subject.length > 100 || !/^[\x20-\x7e]+$/.test(subject)))
      throw invalid('Subject: at most 100 printable ASCII characters without line breaks');
    return this.send(topic, entry);
  }

  private send(topic: TopicRecord, entry: Body): string {
    const message = text(entry, 'Message');
    const messageId = this.account.newId();
    this.delivery.accept({
      messageId,
      topicArn: topic.arn,
      message,
      subject: optionalText(entry, 'Subject'),
      byProtocol: optionalText(entry, 'MessageStructure') === 'json' ? byProtocol(message) : undefined,
      attributes: body(entry, 'MessageAttributes') as Readonly<Record<string, MessageAttribute>>,
      groupId: optionalText(entry, 'MessageGroupId'),
      deduplicationId: optionalText(entry, 'MessageDeduplicationId'),
      time: this.account.clock.now().toISOString(),
    });
    return messageId;
  }

  private publishBatch(input: Body): Body {
    const topic = this.topic(text(input, 'TopicArn'));
    const entries = bodies(input, 'PublishBatchRequestEntries');
    if (entries.length === 0 || entries.length > 10)
      throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request must contain 1 to 10 entries.');
    checkBatchEntries(entries);
    const [Successful, Failed]: [Body[], Body[]] = [[], []];
    for (const entry of entries) {
      const Id = text(entry, 'Id');
      try {
        Successful.push({ Id, MessageId: this.publish(topic, entry) });
      } catch (error) {
        Failed.push({
          Id,
          Code: error instanceof AwsError ? error.code : 'InternalError',
          Message: messageOf(error),
          SenderFault: true,
        });
      }
    }
    return { Successful, Failed };
  }

  private createTopic(input: Body): Body {
    const name = optionalText(input, 'Name') ?? '';
    if (!/^[A-Za-z0-9_-]{1,256}(\.fifo)?$/.test(name)) throw invalid('Topic Name');
    const arn = this.account.arn('sns', name);
    const before = this.topics.get(arn);
    const attributes = Object.fromEntries(
      Object.entries(body(input, 'Attributes')).map(([key, value]) => [
        checkedName(key, topicAttributes),
        String(value),
      ]),
    );
    if (
      before !== undefined &&
      Object.entries(attributes).some(([key, value]) => this.described(before)[key] !== value)
    )
      throw invalid('Attributes Reason: Topic already exists with different attributes');
    this.topics.put(arn, {
      name,
      arn,
      attributes: { ...before?.attributes, ...attributes },
      tags: { ...before?.tags, ...tagMap(list(input, 'Tags')) },
    });
    return { TopicArn: arn };
  }

  private deleteTopic(arn: string): void {
    this.topics.delete(arn);
    for (const subscription of this.subscriptions.values())
      if (subscription.topicArn === arn) this.subscriptions.delete(subscription.arn);
  }

  private setTopicAttribute(input: Body): void {
    const topic = this.topic(text(input, 'TopicArn'));
    const [name, value] = [
      checkedName(text(input, 'AttributeName'), topicAttributes),
      optionalText(input, 'AttributeValue') ?? '',
    ];
    if (name === 'Policy' && value !== '') policyDocument(value, 'Policy');
    const attributes = Object.entries({ ...topic.attributes, [name]: value }).filter(([, each]) => each !== '');
    this.topics.put(topic.arn, { ...topic, attributes: Object.fromEntries(attributes) });
  }

  /** E-mail addresses count as confirmed: the inbox is their owner. */
  private subscribe(input: Body): Body {
    const topic = this.topic(text(input, 'TopicArn'));
    const protocol = text(input, 'Protocol');
    const endpoint = text(input, 'Endpoint');
    if (!awsProtocols.includes(protocol))
      throw invalid(`Amazon SNS does not support this protocol string: ${protocol}`);
    if (protocol === 'sqs' && !endpoint.startsWith('arn:')) throw invalid('SQS endpoint ARN');
    if (!isProtocol(protocol))
      throw new Unsupported(`subscriptions with protocol ${protocol}`, `supported: ${protocols.join(', ')}`);
    const attributes = Object.fromEntries(
      Object.entries(body(input, 'Attributes')).map(([key, value]) => [
        checkedName(key, subscriptionAttributes),
        String(value),
      ]),
    );
    checkFilter(attributes.FilterPolicy);
    const raw = attributes.RawMessageDelivery;
    if (raw !== undefined && !/^(true|false)$/i.test(raw))
      throw invalid(`Attributes Reason: RawMessageDelivery: Invalid value [${raw}]. Must be true or false.`);
    const before = this.subscriptions
      .values()
      .find((each) => each.topicArn === topic.arn && each.protocol === protocol && each.endpoint === endpoint);
    if (before !== undefined && Object.entries(attributes).some(([key, value]) => before.attributes[key] !== value))
      throw invalid('Attributes Reason: Subscription already exists with different attributes');
    const arn = before?.arn ?? `${topic.arn}:${this.account.newId()}`;
    this.subscriptions.put(arn, {
      arn,
      topicArn: topic.arn,
      protocol,
      endpoint,
      attributes: { ...before?.attributes, ...attributes },
    });
    return { SubscriptionArn: arn };
  }

  private setSubscriptionAttribute(input: Body): void {
    const subscription = this.subscription(text(input, 'SubscriptionArn'));
    const [name, value] = [
      checkedName(text(input, 'AttributeName'), subscriptionAttributes),
      optionalText(input, 'AttributeValue') ?? '',
    ];
    if (name === 'FilterPolicy') checkFilter(value);
    const attributes = Object.entries({ ...subscription.attributes, [name]: value }).filter(([, each]) => each !== '');
    this.subscriptions.put(subscription.arn, { ...subscription, attributes: Object.fromEntries(attributes) });
  }

  private described(topic: TopicRecord): Readonly<Record<string, string>> {
    const confirmed = this.subscriptions.values().filter((each) => each.topicArn === topic.arn).length;
    return describedTopic(topic, this.account.accountId, confirmed);
  }

  private tag(arn: string, change: (tags: TopicRecord['tags']) => TopicRecord['tags']): void {
    const topic = this.topic(arn);
    this.topics.put(arn, { ...topic, tags: change(topic.tags) });
  }

  private topic(arn: string): TopicRecord {
    checkArn('TopicArn', arn);
    const topic = this.topics.get(arn);
    if (topic === undefined) throw notFound(`Topic ${arn}`);
    return topic;
  }

  private subscription(arn: string): SubscriptionRecord {
    const subscription = this.subscriptions.get(arn);
    if (subscription === undefined) throw notFound(`Subscription ${arn}`);
    return subscription;
  }
}

/** Every protocol that SNS has; the account delivers by some of them. */
const awsProtocols: readonly string[] = [
  ...['http', 'https', 'email', 'email-json', 'sms', 'sqs', 'application', 'lambda', 'firehose'],
];

/** @throws AwsError InvalidParameter in SNS's words when a text has too few parts to be an ARN. */
function checkArn(member: string, arn: string): void {
  const { length } = arn.split(':');
  if (length < 6) throw invalid(`${member} Reason: An ARN must have at least 6 elements, not ${length}`);
}
