import { bodies, optionalText, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { jsonText, resourceCall, unlessGone, type ResourceCall } from '../../shared/resource-calls';

const attributes = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

/** AWS::SQS::Queue and AWS::SQS::QueuePolicy. */
export function sqsProviders(account: AccountParts): readonly ResourceProvider[] {
  const call = resourceCall(account, 'sqs');
  return [queueProvider(account, call), queuePolicyProvider(call)];
}

function attributesOf(properties: Body): Readonly<Record<string, string>> {
  return Object.fromEntries(
    attributes.flatMap((name) =>
      properties[name] === undefined
        ? []
        : [[name, typeof properties[name] === 'object' ? jsonText(properties[name]) : String(properties[name])]],
    ),
  );
}

/** `Ref` is the queue's URL and so names the port of the run that created it; only its last part is ever looked at. */
function queueProvider(account: AccountParts, call: ResourceCall): ResourceProvider {
  const fifo = (properties: Body): string => (String(properties.FifoQueue) === 'true' ? '.fifo' : '');
  const name = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'QueueName') ?? `${context.generateName(75)}${fifo(properties)}`;
  const provisioned = (url: string): Provisioned => {
    const queueName = url.split('/').at(-1) ?? '';
    return { physicalId: url, attributes: { Arn: account.arn('sqs', queueName), QueueName: queueName, QueueUrl: url } };
  };
  const tags = (properties: Body): Body =>
    Object.fromEntries(bodies(properties, 'Tags').map(({ Key, Value }) => [Key, Value]));
  return {
    type: 'AWS::SQS::Queue',
    properties: ['QueueName', 'Tags', ...attributes],
    replacedBy: ['QueueName', 'FifoQueue'],
    attributes: ['Arn', 'QueueName', 'QueueUrl'],
    create: async (properties, context) => {
      const { QueueUrl } = await call('CreateQueue', {
        QueueName: name(properties, context),
        Attributes: attributesOf(properties),
        tags: tags(properties),
      });
      return provisioned(String(QueueUrl));
    },
    update: async (physicalId, properties, previous) => {
      const { FifoQueue: _fifo, ...now } = attributesOf(properties);
      const cleared = Object.fromEntries(
        Object.keys(attributesOf(previous))
          .filter((each) => !(each in now) && each !== 'FifoQueue')
          .map((each) => [each, '']),
      );
      await call('SetQueueAttributes', { QueueUrl: physicalId, Attributes: { ...cleared, ...now } });
      await call('TagQueue', { QueueUrl: physicalId, Tags: tags(properties) });
      return provisioned(physicalId);
    },
    delete: (physicalId) => unlessGone(call('DeleteQueue', { QueueUrl: physicalId })),
  };
}

function queuePolicyProvider(call: ResourceCall): ResourceProvider {
  const set = async (queues: readonly string[], policy: string): Promise<void> => {
    for (const QueueUrl of queues) await call('SetQueueAttributes', { QueueUrl, Attributes: { Policy: policy } });
  };
  return {
    type: 'AWS::SQS::QueuePolicy',
    properties: ['Queues', 'PolicyDocument'],
    attributes: ['Id'],
    create: async (properties, context) => {
      await set(textList(properties, 'Queues'), jsonText(properties.PolicyDocument));
      const physicalId = context.generateName(128);
      return { physicalId, attributes: { Id: physicalId } };
    },
    update: async (physicalId, properties, previous) => {
      const queues = textList(properties, 'Queues');
      await unlessGone(
        set(
          textList(previous, 'Queues').filter((each) => !queues.includes(each)),
          '',
        ),
      );
      await set(queues, jsonText(properties.PolicyDocument));
      return { physicalId, attributes: { Id: physicalId } };
    },
    delete: (_physicalId, properties) => unlessGone(set(textList(properties, 'Queues'), '')),
  };
}
