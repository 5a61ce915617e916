import { AwsError, messageOf, Unsupported } from '../../../core/errors';
import { optionalFlag, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { parseArn } from '../../shared/arn';
import type { QueueMessage } from '../../shared/peers';

declare module '../../../core/trace' {
  interface TraceEvents {
    'function.source-failed': { readonly function: string; readonly source: string; readonly error: string };
  }
}

interface Mapping {
  readonly id: string;
  readonly functionArn: string;
  readonly source: string;
  readonly batchSize: number;
  readonly enabled: boolean;
  readonly partial: boolean;
  readonly modifiedAt: number;
}

/** Event source mappings from SQS: a batch is deleted when the function handled it, and comes back when it failed. */
export class EventSources {
  private readonly mappings: Collection<Mapping>;
  private readonly listening = new Map<string, () => void>();
  private readonly polling = new Set<string>();

  constructor(private readonly account: AccountParts) {
    this.mappings = account.store.collection('lambda.event-sources');
  }

  start(): void {
    for (const mapping of this.mappings.values()) this.listen(mapping);
  }

  create(input: Body, functionArn: string): Body {
    const source = text(input, 'EventSourceArn');
    if (parseArn(source).service !== 'sqs')
      throw new Unsupported(`event source mappings from ${source}`, 'SQS queues are supported');
    for (const member of ['FilterCriteria', 'ScalingConfig', 'DestinationConfig', 'SelfManagedEventSource'])
      if (input[member] !== undefined) throw new Unsupported(`${member} of an event source mapping`);
    const mapping: Mapping = {
      id: this.account.newId(),
      functionArn,
      source,
      batchSize: optionalNumber(input, 'BatchSize') ?? 10,
      enabled: optionalFlag(input, 'Enabled') ?? true,
      partial: textList(input, 'FunctionResponseTypes').includes('ReportBatchItemFailures'),
      modifiedAt: this.account.clock.now().getTime(),
    };
    return this.save(mapping);
  }

  update(input: Body): Body {
    const before = this.require(text(input, 'UUID'));
    const responseTypes =
      input.FunctionResponseTypes === undefined
        ? before.partial
        : textList(input, 'FunctionResponseTypes').includes('ReportBatchItemFailures');
    return this.save({
      ...before,
      partial: responseTypes,
      batchSize: optionalNumber(input, 'BatchSize') ?? before.batchSize,
      enabled: optionalFlag(input, 'Enabled') ?? before.enabled,
      modifiedAt: this.account.clock.now().getTime(),
    });
  }

  get(input: Body): Body {
    return described(this.require(text(input, 'UUID')));
  }

  list(input: Body): Body {
    const [functionName, source] = [optionalText(input, 'FunctionName'), optionalText(input, 'EventSourceArn')];
    const found = this.mappings
      .values()
      .filter(
        (each) =>
          (functionName === undefined ||
            each.functionArn.includes(`:function:${functionName.split(':').at(-1) ?? ''}`)) &&
          (source === undefined || each.source === source),
      );
    return { EventSourceMappings: found.map(described) };
  }

  delete(input: Body): Body {
    const mapping = this.require(text(input, 'UUID'));
    this.listening.get(mapping.id)?.();
    this.listening.delete(mapping.id);
    this.mappings.delete(mapping.id);
    return { ...described(mapping), State: 'Deleting' };
  }

  private save(mapping: Mapping): Body {
    this.mappings.put(mapping.id, mapping);
    this.listen(mapping);
    return described(mapping);
  }

  private listen({ id, source, enabled }: Mapping): void {
    this.listening.get(id)?.();
    this.listening.delete(id);
    if (enabled)
      this.listening.set(
        id,
        this.account.peer('queues').onVisible(source, () => this.poll(id)),
      );
  }

  private poll(id: string): void {
    if (this.polling.has(id)) return;
    this.polling.add(id);
    void this.account.clock.track(Promise.resolve().then(() => this.drain(id)));
  }

  private async drain(id: string): Promise<void> {
    try {
      for (let mapping = this.mappings.get(id); mapping?.enabled === true; mapping = this.mappings.get(id)) {
        const messages = this.account.peer('queues').receive(mapping.source, mapping.batchSize);
        if (messages.length === 0) return;
        await this.handle(mapping, messages);
      }
    } catch (error) {
      this.account.trace.emit('function.source-failed', {
        function: this.mappings.get(id)?.functionArn ?? id,
        source: this.mappings.get(id)?.source ?? '',
        error: messageOf(error),
      });
    } finally {
      this.polling.delete(id);
    }
  }

  /** Messages of a failed batch stay hidden until their visibility timeout ends. */
  private async handle(mapping: Mapping, messages: readonly QueueMessage[]): Promise<void> {
    const queues = this.account.peer('queues');
    const result = await this.account
      .peer('functions')
      .invokeNow(
        mapping.functionArn,
        JSON.stringify({ Records: messages.map((each) => this.recordOf(each, mapping.source)) }),
      );
    if (result.error !== undefined) return;
    const failed = new Set(mapping.partial ? failedItems(result.payload) : []);
    for (const message of messages)
      if (!failed.has(message.messageId)) queues.delete(mapping.source, message.receiptHandle);
  }

  private recordOf(message: QueueMessage, source: string): Body {
    const messageAttributes = Object.fromEntries(
      Object.entries(
        message.messageAttributes as Readonly<Record<string, { DataType: string; StringValue?: string }>>,
      ).map(([name, each]) => [
        name,
        { stringValue: each.StringValue, dataType: each.DataType, stringListValues: [], binaryListValues: [] },
      ]),
    );
    return {
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: message.attributes,
      messageAttributes,
      md5OfBody: message.md5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: source,
      awsRegion: this.account.region,
    };
  }

  private require(id: string): Mapping {
    const mapping = this.mappings.get(id);
    if (mapping === undefined)
      throw new AwsError('ResourceNotFoundException', `The event source mapping ${id} does not exist.`, 404);
    return mapping;
  }
}

function failedItems(payload: unknown): readonly string[] {
  const failures = (payload as { readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[] } | null)
    ?.batchItemFailures;
  return (failures ?? []).map((each) => each.itemIdentifier);
}

function described(mapping: Mapping): Body {
  return {
    UUID: mapping.id,
    FunctionArn: mapping.functionArn,
    EventSourceArn: mapping.source,
    BatchSize: mapping.batchSize,
    State: mapping.enabled ? 'Enabled' : 'Disabled',
    FunctionResponseTypes: mapping.partial ? ['ReportBatchItemFailures'] : [],
    LastModified: new Date(mapping.modifiedAt),
    StateTransitionReason: 'User action',
  };
}
