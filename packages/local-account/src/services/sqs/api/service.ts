import { AwsError, messageOf } from '../../../core/errors';
import { bodies, body, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import { AwsMap, type AwsService, type Body, type Operation, type Permission } from '../../../core/service';
import { checkBatchEntries } from '../../shared/batch-entries';
import { keyPermissions } from '../../shared/encryption';
import type { QueueMessage } from '../../shared/peers';
import { policyDocument } from '../../shared/resource-policy';
import { attributeDefaults, md5, redrivePolicy, settableAttributes, type QueueRecord } from '../runtime/queue';
import type { Queues } from '../runtime/queues';

/** SQS on the wire. */
export class Sqs implements AwsService {
  readonly signingName = 'sqs';
  readonly xmlNamespace = 'http://queue.amazonaws.com/doc/2012-11-05/';

  readonly operations: Readonly<Record<string, Operation>> = {
    CreateQueue: (input) => this.create(input),
    DeleteQueue: (input) => this.deleteQueue(this.queue(input)),
    GetQueueUrl: (input) => ({ QueueUrl: this.queues.url(this.queues.require(text(input, 'QueueName'))) }),
    ListQueues: (input) => ({
      QueueUrls: this.queues.records
        .values()
        .filter((each) => each.name.startsWith(optionalText(input, 'QueueNamePrefix') ?? ''))
        .map((each) => this.queues.url(each)),
    }),
    GetQueueAttributes: (input) => this.getAttributes(input),
    SetQueueAttributes: (input) => this.setAttributes(this.queue(input), checkedAttributes(body(input, 'Attributes'))),
    SendMessage: (input) => this.send(this.queue(input), input),
    SendMessageBatch: (input) => this.batch(input, (entry) => this.send(this.queue(input), entry)),
    ReceiveMessage: (input) => this.receive(input),
    DeleteMessage: (input) => this.queues.delete(text(input, 'QueueUrl'), text(input, 'ReceiptHandle')),
    DeleteMessageBatch: (input) =>
      this.batch(input, (entry) => this.queues.delete(text(input, 'QueueUrl'), text(entry, 'ReceiptHandle'))),
    ChangeMessageVisibility: (input) => this.changeVisibility(input, input),
    ChangeMessageVisibilityBatch: (input) => this.batch(input, (entry) => this.changeVisibility(input, entry)),
    PurgeQueue: (input) => this.queues.purge(this.queue(input)),
    ListDeadLetterSourceQueues: (input) => {
      const { arn } = this.queue(input);
      return {
        queueUrls: this.queues.records
          .values()
          .filter((each) => redrivePolicy(each)?.deadLetterTargetArn === arn)
          .map((each) => this.queues.url(each)),
      };
    },
    ListQueueTags: (input) => ({ Tags: new AwsMap(this.queue(input).tags) }),
    TagQueue: (input) => {
      const queue = this.queue(input);
      this.queues.records.put(queue.name, { ...queue, tags: { ...queue.tags, ...textMap(body(input, 'Tags')) } });
    },
    UntagQueue: (input) => {
      const queue = this.queue(input);
      const removed = new Set(textList(input, 'TagKeys'));
      this.queues.records.put(queue.name, {
        ...queue,
        tags: Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !removed.has(key))),
      });
    },
  };

  constructor(
    private readonly account: AccountParts,
    private readonly queues: Queues,
  ) {}

  permissions(operation: string, input: Body): readonly Permission[] {
    const reference = optionalText(input, 'QueueUrl') ?? optionalText(input, 'QueueName');
    const action = `sqs:${operation.replace(/Batch$/, '')}`;
    const name = reference?.split('/').at(-1);
    if (name === undefined) return [{ action, resource: '*' }];
    const queue = this.queues.records.get(name);
    const policy = queue?.attributes.Policy;
    const resourcePolicy = policy === undefined ? undefined : policyDocument(policy, 'Policy');
    const key =
      action === 'sqs:SendMessage' ? keyPermissions(this.account, queue?.attributes.KmsMasterKeyId, 'sqs') : [];
    return [{ action, resource: this.account.arn('sqs', name), resourcePolicy }, ...key];
  }

  private queue(input: Body): QueueRecord {
    return this.queues.require(text(input, 'QueueUrl'));
  }

  private create(input: Body): Body {
    const name = text(input, 'QueueName');
    if (!/^[A-Za-z0-9_-]{1,80}(\.fifo)?$/.test(name) || name.length > 80)
      throw new AwsError(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    const attributes = checkedAttributes(body(input, 'Attributes'));
    if ((attributes.FifoQueue === 'true') !== name.endsWith('.fifo'))
      throw new AwsError(
        'InvalidParameterValue',
        'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
      );
    if (attributes.FifoQueue !== 'true') {
      const fifoOnly = ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];
      const given = fifoOnly.find((each) => attributes[each] !== undefined);
      if (given !== undefined)
        throw new AwsError(
          'InvalidAttributeName',
          given === 'ContentBasedDeduplication'
            ? `Unknown Attribute ${given}.`
            : `You can specify the ${given} only when FifoQueue is set to true.`,
        );
    }
    const before = this.queues.records.get(name);
    if (before !== undefined) {
      const different = Object.entries(attributes).find(([key, value]) => before.attributes[key] !== value);
      if (different !== undefined)
        throw new AwsError(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${different[0]}`,
        );
      return { QueueUrl: this.queues.url(before) };
    }
    const now = this.account.clock.now().getTime();
    const queue: QueueRecord = {
      name,
      arn: this.account.arn('sqs', name),
      attributes,
      tags: textMap(body(input, 'tags')),
      createdAt: now,
      modifiedAt: now,
    };
    this.queues.records.put(name, queue);
    return { QueueUrl: this.queues.url(queue) };
  }

  private deleteQueue(queue: QueueRecord): void {
    this.queues.purge(queue);
    this.queues.records.delete(queue.name);
  }

  private setAttributes(queue: QueueRecord, attributes: Readonly<Record<string, string>>): void {
    if (attributes.FifoQueue !== undefined && queue.attributes.FifoQueue !== 'true')
      throw new AwsError('InvalidAttributeName', 'Unknown Attribute FifoQueue.');
    const all = Object.entries({ ...queue.attributes, ...attributes }).filter(([, value]) => value !== '');
    this.queues.records.put(queue.name, {
      ...queue,
      attributes: Object.fromEntries(all),
      modifiedAt: this.account.clock.now().getTime(),
    });
  }

  private getAttributes(input: Body): Body {
    const queue = this.queue(input);
    const names = textList(input, 'AttributeNames');
    const messages = this.queues.messages.values().filter((each) => each.queue === queue.name);
    const now = this.account.clock.now().getTime();
    const hidden = messages.filter((each) => each.visibleAt > now);
    const all: Readonly<Record<string, string>> = {
      ...attributeDefaults,
      ...queue.attributes,
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(messages.length - hidden.length),
      ApproximateNumberOfMessagesNotVisible: String(hidden.filter((each) => each.receipt !== undefined).length),
      ApproximateNumberOfMessagesDelayed: String(hidden.filter((each) => each.receipt === undefined).length),
      CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
      LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    };
    return {
      Attributes: new AwsMap(
        Object.fromEntries(Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name))),
      ),
    };
  }

  private send(queue: QueueRecord, entry: Body): Body {
    const messageBody = optionalText(entry, 'MessageBody') ?? '';
    if (messageBody === '')
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
    const group = optionalText(entry, 'MessageGroupId');
    if (group !== undefined && !/^[!-~]{1,128}$/.test(group))
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
      );
    checkMessageAttributes(body(entry, 'MessageAttributes'));
    const MessageId = this.queues.send(queue.arn, messageBody, {
      groupId: optionalText(entry, 'MessageGroupId'),
      deduplicationId: optionalText(entry, 'MessageDeduplicationId'),
      delaySeconds: optionalNumber(entry, 'DelaySeconds'),
      attributes: body(entry, 'MessageAttributes') as Readonly<
        Record<string, { DataType: string; StringValue: string }>
      >,
    });
    return { MessageId, MD5OfMessageBody: md5(messageBody) };
  }

  /** Long polling answers at once: waiting would wait for a clock that the caller may have to advance. */
  private receive(input: Body): Body {
    const max = optionalNumber(input, 'MaxNumberOfMessages') ?? 1;
    if (!(max >= 1 && max <= 10))
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
      );
    const wait = optionalNumber(input, 'WaitTimeSeconds') ?? 0;
    if (!(wait >= 0 && wait <= 20))
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${wait} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.`,
      );
    const wanted = [...textList(input, 'AttributeNames'), ...textList(input, 'MessageSystemAttributeNames')];
    const attributeNames = textList(input, 'MessageAttributeNames');
    const messages = this.queues.receive(text(input, 'QueueUrl'), max, optionalNumber(input, 'VisibilityTimeout'));
    return messages.length === 0 ? {} : { Messages: messages.map((each) => onWire(each, wanted, attributeNames)) };
  }

  private changeVisibility(input: Body, entry: Body): void {
    const timeout = optionalNumber(entry, 'VisibilityTimeout') ?? 0;
    if (timeout < 0 || timeout > 43_200)
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${timeout} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200.`,
      );
    this.queues.changeVisibility(text(input, 'QueueUrl'), text(entry, 'ReceiptHandle'), timeout);
  }

  private batch(input: Body, one: (entry: Body) => Body | void): Body {
    const entries = bodies(input, 'Entries');
    if (entries.length === 0)
      throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
    if (entries.length > 10)
      throw new AwsError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
    checkBatchEntries(entries);
    const [Successful, Failed]: [Body[], Body[]] = [[], []];
    for (const entry of entries) {
      const Id = text(entry, 'Id');
      try {
        Successful.push({ Id, ...one(entry) });
      } catch (error) {
        Failed.push({
          Id,
          SenderFault: true,
          Code: error instanceof AwsError ? error.code : 'InternalError',
          Message: messageOf(error),
        });
      }
    }
    return { Successful, Failed };
  }
}

/** @throws AwsError InvalidParameterValue for an attribute without a value. */
function checkMessageAttributes(attributes: Body): void {
  for (const [name, value] of Object.entries(attributes)) {
    const { DataType, StringValue } = value as { readonly DataType?: string; readonly StringValue?: string };
    if (DataType?.startsWith('Binary') !== true && (StringValue ?? '') === '')
      throw new AwsError(
        'InvalidParameterValue',
        `Message (user) attribute '${name}' must contain a non-empty value of type 'String'.`,
      );
  }
}

function onWire(message: QueueMessage, wanted: readonly string[], attributeNames: readonly string[]): Body {
  const keep = (names: readonly string[], name: string): boolean =>
    names.includes('All') || names.includes('.*') || names.includes(name);
  const pick = (source: Readonly<Record<string, unknown>>, names: readonly string[]): Body =>
    Object.fromEntries(Object.entries(source).filter(([name]) => keep(names, name)));
  const [attributes, messageAttributes] = [
    pick(message.attributes, wanted),
    pick(message.messageAttributes, attributeNames),
  ];
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(Object.keys(attributes).length === 0 ? {} : { Attributes: new AwsMap(attributes) }),
    ...(Object.keys(messageAttributes).length === 0 ? {} : { MessageAttributes: new AwsMap(messageAttributes) }),
  };
}

function textMap(input: Body): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, String(value)]));
}

function checkedAttributes(input: Body): Readonly<Record<string, string>> {
  const unknown = Object.keys(input).filter((each) => !settableAttributes.includes(each));
  if (unknown.length > 0) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown.join(', ')}.`);
  return textMap(input);
}
