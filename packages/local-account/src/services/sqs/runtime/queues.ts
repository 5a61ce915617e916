import { AwsError } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Collection } from '../../../core/store';
import { requireKeyAccess } from '../../shared/encryption';
import type { QueueAccess, QueueMessage, SendOptions } from '../../shared/peers';
import { policyDocument, requireServiceAccess, type Source } from '../../shared/resource-policy';
import { QueueMetrics } from './queue-metrics';
import { isFifo, md5, receivable, redrivePolicy, seconds, type QueueRecord, type StoredMessage } from './queue';

declare module '../../../core/trace' {
  interface TraceEvents {
    'queue.sent': { readonly queue: string; readonly messageId: string };
    'queue.dead-letter': { readonly queue: string; readonly deadLetterQueue: string; readonly messageId: string };
  }
}

const deduplicationWindow = 300_000;

/** Queues and their messages: at-least-once, visibility on the virtual clock, redrive to dead-letter queues, basic FIFO. */
export class Queues implements QueueAccess {
  readonly records: Collection<QueueRecord>;
  readonly messages: Collection<StoredMessage>;
  private readonly deduplicated: Collection<{ readonly messageId: string; readonly at: number }>;
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly metrics: QueueMetrics;
  private sequence = 0;

  constructor(private readonly account: AccountParts) {
    this.records = account.store.collection('sqs.queues');
    this.messages = account.store.collection('sqs.messages');
    this.deduplicated = account.store.collection('sqs.deduplication');
    this.metrics = new QueueMetrics(account, this.messages);
    this.sequence = this.messages.values().reduce((highest, each) => Math.max(highest, each.sequence), 0);
  }

  /** @param reference name, URL, path or ARN. @throws AwsError QueueDoesNotExist. */
  require(reference: string): QueueRecord {
    const name = reference.split(/[/:]/).at(-1) ?? '';
    const queue = this.records.get(name);
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${name}`);
    return queue;
  }

  url(queue: QueueRecord): string {
    return `${this.account.endpointUrl()}/${this.account.accountId}/${queue.name}`;
  }

  sendFor(source: Source, queueArn: string, body: string, options: SendOptions = {}): string {
    const queue = this.require(queueArn);
    const policy = queue.attributes.Policy;
    requireServiceAccess(
      policy === undefined || policy === '' ? undefined : policyDocument(policy, 'Policy'),
      source,
      { action: 'sqs:SendMessage', resource: queue.arn },
      this.account.accountId,
      `add an AWS::SQS::QueuePolicy that allows sqs:SendMessage to ${source.service} (in CDK: queue.grantSendMessages(new ServicePrincipal('${source.service}')))`,
    );
    requireKeyAccess(this.account, queue.attributes.KmsMasterKeyId, source, `the queue ${queue.name}`);
    return this.send(queueArn, body, options);
  }

  send(queueReference: string, body: string, options: SendOptions & { readonly delaySeconds?: number } = {}): string {
    const queue = this.require(queueReference);
    if (Buffer.byteLength(body) > seconds(queue, 'MaximumMessageSize'))
      throw new AwsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${seconds(queue, 'MaximumMessageSize')} bytes.`,
      );
    const deduplicationId = this.deduplicationId(queue, body, options);
    const now = this.account.clock.now().getTime();
    const known = deduplicationId === undefined ? undefined : this.deduplicated.get(`${queue.name}/${deduplicationId}`);
    if (known !== undefined && now - known.at < deduplicationWindow) return known.messageId;
    const id = this.account.newId();
    if (deduplicationId !== undefined)
      this.deduplicated.put(`${queue.name}/${deduplicationId}`, { messageId: id, at: now });
    this.add(queue, {
      id,
      queue: queue.name,
      body,
      messageAttributes: options.attributes ?? {},
      sentAt: now,
      visibleAt: now + 1000 * (options.delaySeconds ?? seconds(queue, 'DelaySeconds')),
      receives: 0,
      groupId: options.groupId,
      deduplicationId,
    });
    this.account.trace.emit('queue.sent', { queue: queue.name, messageId: id });
    this.metrics.count(queue.name, 'NumberOfMessagesSent', 1);
    return id;
  }

  receive(queueReference: string, max: number, visibilitySeconds?: number): readonly QueueMessage[] {
    const queue = this.require(queueReference);
    const now = this.account.clock.now().getTime();
    this.expire(queue, now);
    const redrive = redrivePolicy(queue);
    const received: QueueMessage[] = [];
    for (const message of receivable(this.messages, queue, now)) {
      if (received.length >= max) break;
      if (redrive !== undefined && message.receives >= redrive.maxReceiveCount)
        this.bury(queue, message, redrive.deadLetterTargetArn);
      else received.push(this.hand(queue, message, now, visibilitySeconds ?? seconds(queue, 'VisibilityTimeout')));
    }
    if (received.length > 0) this.metrics.count(queue.name, 'NumberOfMessagesReceived', received.length);
    return received;
  }

  delete(queueReference: string, receiptHandle: string): void {
    const queue = this.require(queueReference);
    const message = this.byReceipt(queue, receiptHandle);
    if (message === undefined) return;
    this.messages.delete(message.id);
    this.metrics.count(queue.name, 'NumberOfMessagesDeleted', 1);
    if (isFifo(queue)) this.announce(queue.name, this.account.clock.now().getTime());
  }

  release(queueReference: string, receiptHandle: string): void {
    this.changeVisibility(queueReference, receiptHandle, 0);
  }

  changeVisibility(queueReference: string, receiptHandle: string, timeoutSeconds: number): void {
    const queue = this.require(queueReference);
    const message = this.byReceipt(queue, receiptHandle);
    const now = this.account.clock.now().getTime();
    if (message === undefined || message.visibleAt <= now)
      throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.');
    this.messages.put(message.id, { ...message, visibleAt: now + timeoutSeconds * 1000 });
    this.announce(queue.name, now + timeoutSeconds * 1000);
  }

  /** Gauges of queues that hold messages go on after a restart. */
  start(): void {
    for (const name of new Set(this.messages.values().map((each) => each.queue))) this.metrics.watch(name);
  }

  onVisible(queueReference: string, callback: () => void): () => void {
    const { name } = this.require(queueReference);
    const callbacks = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, callbacks.add(callback));
    for (const message of this.messages.values()) if (message.queue === name) this.announce(name, message.visibleAt);
    return () => callbacks.delete(callback);
  }

  purge(queue: QueueRecord): void {
    for (const message of this.messages.values()) if (message.queue === queue.name) this.messages.delete(message.id);
    this.metrics.watch(queue.name);
  }

  private add(queue: QueueRecord, message: Omit<StoredMessage, 'sequence'>): void {
    this.sequence += 1;
    this.messages.put(message.id, { ...message, sequence: this.sequence });
    this.announce(queue.name, message.visibleAt);
  }

  private hand(queue: QueueRecord, message: StoredMessage, now: number, visibility: number): QueueMessage {
    const receipt = `${message.id}#${this.account.newId()}`;
    const handed = {
      ...message,
      receives: message.receives + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
      visibleAt: now + visibility * 1000,
      receipt,
    };
    this.messages.put(message.id, handed);
    this.announce(queue.name, handed.visibleAt);
    return {
      messageId: message.id,
      receiptHandle: receipt,
      body: message.body,
      md5OfBody: md5(message.body),
      messageAttributes: message.messageAttributes,
      attributes: {
        SenderId: this.account.accountId,
        SentTimestamp: String(message.sentAt),
        ApproximateReceiveCount: String(handed.receives),
        ApproximateFirstReceiveTimestamp: String(handed.firstReceivedAt),
        ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
        ...(message.deduplicationId === undefined
          ? {}
          : {
              MessageDeduplicationId: message.deduplicationId,
              SequenceNumber: String(message.sequence).padStart(20, '0'),
            }),
        ...(message.deadLetterSource === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSource }),
      },
    };
  }

  private bury(queue: QueueRecord, message: StoredMessage, deadLetterArn: string): void {
    const target = this.require(deadLetterArn);
    this.messages.delete(message.id);
    this.add(target, {
      ...message,
      queue: target.name,
      visibleAt: this.account.clock.now().getTime(),
      receives: 0,
      receipt: undefined,
      deadLetterSource: queue.arn,
    });
    this.metrics.count(target.name, 'NumberOfMessagesSent', 1);
    this.account.trace.emit('queue.dead-letter', {
      queue: queue.name,
      deadLetterQueue: target.name,
      messageId: message.id,
    });
  }

  private expire(queue: QueueRecord, now: number): void {
    const oldest = now - seconds(queue, 'MessageRetentionPeriod') * 1000;
    for (const message of this.messages.values())
      if (message.queue === queue.name && message.sentAt < oldest) this.messages.delete(message.id);
  }

  private deduplicationId(queue: QueueRecord, body: string, options: SendOptions): string | undefined {
    if (!isFifo(queue)) return undefined;
    if (options.groupId === undefined)
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
    const id =
      options.deduplicationId ?? (queue.attributes.ContentBasedDeduplication === 'true' ? md5(body) : undefined);
    if (id === undefined)
      throw new AwsError(
        'InvalidParameterValue',
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    return id;
  }

  /** Only the latest receipt counts, as in SQS. */
  private byReceipt(queue: QueueRecord, receiptHandle: string): StoredMessage | undefined {
    const message = this.messages.get(receiptHandle.split('#')[0] ?? '');
    if (!receiptHandle.includes('#'))
      throw new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
      );
    return message?.queue === queue.name && message.receipt === receiptHandle ? message : undefined;
  }

  private announce(queue: string, at: number): void {
    const tell = (): void => this.listeners.get(queue)?.forEach((callback) => callback());
    if (at <= this.account.clock.now().getTime()) tell();
    else if ((this.listeners.get(queue)?.size ?? 0) > 0) this.account.clock.at(new Date(at), `queue ${queue}`, tell);
  }
}
