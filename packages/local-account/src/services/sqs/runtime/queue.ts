import { createHash } from 'node:crypto';
import type { Collection } from '../../../core/store';
import { parseJson } from '../../../core/json';

/** A queue's settings as GetQueueAttributes names them, in text form. */
export interface QueueRecord {
  readonly name: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** A stored message. Times in milliseconds of virtual time. */
export interface StoredMessage {
  readonly id: string;
  readonly queue: string;
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly sentAt: number;
  readonly visibleAt: number;
  readonly receives: number;
  readonly firstReceivedAt?: number;
  readonly receipt?: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sequence: number;
  readonly deadLetterSource?: string;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export const attributeDefaults: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
  SqsManagedSseEnabled: 'true',
};

/** Attributes that can be set, besides the defaults above. */
export const settableAttributes: readonly string[] = [
  ...Object.keys(attributeDefaults),
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
];

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export function redrivePolicy(queue: QueueRecord): RedrivePolicy | undefined {
  const policy = queue.attributes.RedrivePolicy;
  if (policy === undefined || policy === '') return undefined;
  const parsed = parseJson(policy) as {
    readonly deadLetterTargetArn: string;
    readonly maxReceiveCount: number | string;
  };
  return { deadLetterTargetArn: parsed.deadLetterTargetArn, maxReceiveCount: Number(parsed.maxReceiveCount) };
}

export const seconds = (queue: QueueRecord, attribute: string): number =>
  Number(queue.attributes[attribute] ?? attributeDefaults[attribute] ?? 0);

export const isFifo = (queue: QueueRecord): boolean => queue.attributes.FifoQueue === 'true';

/** Messages of one queue that can be received now, oldest first. A FIFO group with a message in flight waits. */
export function receivable(
  messages: Collection<StoredMessage>,
  queue: QueueRecord,
  now: number,
): readonly StoredMessage[] {
  const all = messages
    .values()
    .filter((each) => each.queue === queue.name)
    .sort((a, b) => a.sequence - b.sequence);
  if (!isFifo(queue)) return all.filter((each) => each.visibleAt <= now);
  const blocked = new Set(
    all.filter((each) => each.visibleAt > now && each.receipt !== undefined).map((each) => each.groupId),
  );
  return all.filter((each) => each.visibleAt <= now && !blocked.has(each.groupId));
}
