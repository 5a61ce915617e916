import { bodies, list, optionalText, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { jsonText, resourceCall, unlessGone, type ResourceCall } from '../../shared/resource-calls';

const topicAttributes = [
  'DisplayName',
  'KmsMasterKeyId',
  'FifoTopic',
  'ContentBasedDeduplication',
  'SignatureVersion',
  'TracingConfig',
  'FifoThroughputScope',
];
const subscriptionAttributes = [
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'DeliveryPolicy',
  'SubscriptionRoleArn',
];

/** AWS::SNS::Topic, AWS::SNS::Subscription and AWS::SNS::TopicPolicy. */
export function snsProviders(account: AccountParts): readonly ResourceProvider[] {
  const call = resourceCall(account, 'sns');
  return [topicProvider(account, call), subscriptionProvider(call), topicPolicyProvider(call)];
}

/** Attributes as the API takes them: all text. */
function attributesOf(properties: Body, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) =>
      properties[name] === undefined
        ? []
        : [[name, typeof properties[name] === 'object' ? jsonText(properties[name]) : String(properties[name])]],
    ),
  );
}

function topicProvider(account: AccountParts, call: ResourceCall): ResourceProvider {
  const name = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'TopicName') ??
    `${context.generateName(250)}${String(properties.FifoTopic) === 'true' ? '.fifo' : ''}`;
  const provisioned = (arn: string): Provisioned => ({
    physicalId: arn,
    attributes: { TopicArn: arn, TopicName: arn.split(':').at(-1) },
  });
  const subscribe = async (arn: string, properties: Body): Promise<void> => {
    for (const { Protocol, Endpoint } of bodies(properties, 'Subscription'))
      await call('Subscribe', { TopicArn: arn, Protocol, Endpoint });
  };
  return {
    type: 'AWS::SNS::Topic',
    properties: ['TopicName', 'Subscription', 'Tags', ...topicAttributes],
    accepted: { DeliveryStatusLogging: 'deliveries are in the trace' },
    replacedBy: ['TopicName', 'FifoTopic'],
    attributes: ['TopicArn', 'TopicName'],
    physicalIdOf: (properties, context) => account.arn('sns', name(properties, context)),
    create: async (properties, context) => {
      const { TopicArn } = await call('CreateTopic', {
        Name: name(properties, context),
        Attributes: attributesOf(properties, topicAttributes),
        Tags: list(properties, 'Tags'),
      });
      await subscribe(String(TopicArn), properties);
      return provisioned(String(TopicArn));
    },
    update: async (physicalId, properties, previous) => {
      const attributes = attributesOf(properties, topicAttributes);
      const cleared = Object.keys(attributesOf(previous, topicAttributes)).filter((each) => !(each in attributes));
      for (const AttributeName of cleared)
        await call('SetTopicAttributes', { TopicArn: physicalId, AttributeName, AttributeValue: '' });
      for (const [AttributeName, AttributeValue] of Object.entries(attributes))
        await call('SetTopicAttributes', { TopicArn: physicalId, AttributeName, AttributeValue });
      await call('TagResource', { ResourceArn: physicalId, Tags: list(properties, 'Tags') });
      await subscribe(physicalId, properties);
      return provisioned(physicalId);
    },
    delete: (physicalId) => unlessGone(call('DeleteTopic', { TopicArn: physicalId })),
  };
}

function subscriptionProvider(call: ResourceCall): ResourceProvider {
  const create = async (properties: Body): Promise<Provisioned> => {
    const { TopicArn, Protocol, Endpoint } = properties;
    const { SubscriptionArn } = await call('Subscribe', {
      TopicArn,
      Protocol,
      Endpoint,
      Attributes: attributesOf(properties, subscriptionAttributes),
    });
    return { physicalId: String(SubscriptionArn), attributes: { Arn: SubscriptionArn } };
  };
  return {
    type: 'AWS::SNS::Subscription',
    properties: ['TopicArn', 'Protocol', 'Endpoint', ...subscriptionAttributes],
    accepted: { Region: 'there is one region' },
    replacedBy: ['TopicArn', 'Protocol', 'Endpoint'],
    attributes: ['Arn'],
    create,
    update: async (physicalId, properties, previous) => {
      const attributes = attributesOf(properties, subscriptionAttributes);
      for (const AttributeName of Object.keys({ ...attributesOf(previous, subscriptionAttributes), ...attributes }))
        await call('SetSubscriptionAttributes', {
          SubscriptionArn: physicalId,
          AttributeName,
          AttributeValue: attributes[AttributeName] ?? '',
        });
      return { physicalId, attributes: { Arn: physicalId } };
    },
    delete: (physicalId) => unlessGone(call('Unsubscribe', { SubscriptionArn: physicalId })),
  };
}

function topicPolicyProvider(call: ResourceCall): ResourceProvider {
  const set = async (topics: readonly string[], policy: string): Promise<void> => {
    for (const TopicArn of topics)
      await call('SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue: policy });
  };
  return {
    type: 'AWS::SNS::TopicPolicy',
    properties: ['Topics', 'PolicyDocument'],
    attributes: ['Id'],
    create: async (properties, context) => {
      await set(textList(properties, 'Topics'), jsonText(properties.PolicyDocument));
      const physicalId = context.generateName(128);
      return { physicalId, attributes: { Id: physicalId } };
    },
    update: async (physicalId, properties, previous) => {
      const topics = textList(properties, 'Topics');
      await unlessGone(
        set(
          textList(previous, 'Topics').filter((each) => !topics.includes(each)),
          '',
        ),
      );
      await set(topics, jsonText(properties.PolicyDocument));
      return { physicalId, attributes: { Id: physicalId } };
    },
    delete: (_physicalId, properties) => unlessGone(set(textList(properties, 'Topics'), '')),
  };
}
