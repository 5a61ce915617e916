import { AwsError, messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { nameOfArn, parseArn } from '../../shared/arn';
import type { AsyncSettings, FunctionRecord } from './function-record';
import type { InvocationResult } from './function-runner';

declare module '../../../core/trace' {
  interface TraceEvents {
    'function.gave-up': {
      readonly function: string;
      readonly requestId: string;
      readonly attempts: number;
      readonly error: string;
      readonly destination?: string;
    };
  }
}

/** A queued asynchronous invocation. On disk until it succeeded or was given up. */
interface Queued {
  readonly requestId: string;
  /** Name and qualifier. */
  readonly functionName: string;
  readonly qualifier?: string;
  readonly payload: string;
  readonly acceptedAt: number;
  readonly attempts: number;
}

/** What the queue needs to know of functions. */
export interface AsyncHost {
  find(name: string, qualifier: string | undefined): FunctionRecord;
  settings(name: string, qualifier: string | undefined): AsyncSettings;
  run(record: FunctionRecord, payload: string, requestId: string): Promise<InvocationResult>;
}

const minute = 60_000;
const defaultAge = 21_600;

/** Lambda's queue for invocations of type Event: two retries after one and two minutes, then destinations or the dead-letter queue. */
export class AsyncInvocations {
  private readonly queue: Collection<Queued>;

  constructor(
    private readonly account: AccountParts,
    private readonly host: AsyncHost,
  ) {
    this.queue = account.store.collection('lambda.queue');
  }

  accept(functionName: string, qualifier: string | undefined, payload: string): string {
    const queued: Queued = {
      requestId: this.account.newId(),
      functionName,
      qualifier,
      payload,
      acceptedAt: this.account.clock.now().getTime(),
      attempts: 0,
    };
    this.queue.put(queued.requestId, queued);
    this.begin(queued);
    return queued.requestId;
  }

  resume(): void {
    for (const queued of this.queue.values()) this.begin(queued);
  }

  private begin(queued: Queued): void {
    void this.account.clock.track(Promise.resolve().then(() => this.attempt(queued)));
  }

  private async attempt(before: Queued): Promise<void> {
    const queued = { ...before, attempts: before.attempts + 1 };
    let record: FunctionRecord;
    try {
      record = this.host.find(queued.functionName, queued.qualifier);
    } catch {
      this.queue.delete(queued.requestId);
      return;
    }
    const settings = this.host.settings(queued.functionName, queued.qualifier);
    let result: InvocationResult;
    try {
      result = await this.host.run(record, queued.payload, queued.requestId);
    } catch (error) {
      const throttled = error instanceof AwsError && error.code === 'TooManyRequestsException';
      if (!throttled)
        return this.giveUp(queued, settings, record, {
          payload: JSON.stringify({ errorMessage: messageOf(error) }),
          reason: 'RetriesExhausted',
        });
      return this.again(
        before,
        settings,
        record,
        { payload: JSON.stringify({ errorMessage: messageOf(error) }) },
        Infinity,
        minute / 2,
      );
    }
    if (result.error !== undefined)
      return this.again(queued, settings, record, result, settings.maximumRetryAttempts ?? 2, queued.attempts * minute);
    this.queue.delete(queued.requestId);
    if (settings.onSuccess !== undefined)
      await this.send(record, settings.onSuccess, destinationRecord(queued, record, 'Success', result));
  }

  private async again(
    queued: Queued,
    settings: AsyncSettings,
    record: FunctionRecord,
    result: Pick<InvocationResult, 'payload' | 'error'>,
    retries: number,
    waitMs: number,
  ): Promise<void> {
    const tooOld =
      this.account.clock.now().getTime() + waitMs - queued.acceptedAt >
      (settings.maximumEventAgeInSeconds ?? defaultAge) * 1000;
    if (queued.attempts > retries || tooOld)
      return this.giveUp(queued, settings, record, {
        ...result,
        reason: tooOld ? 'EventAgeExceeded' : 'RetriesExhausted',
      });
    this.queue.put(queued.requestId, queued);
    this.account.clock.after(waitMs, `retry ${queued.functionName}`, () => this.attempt(queued));
  }

  private async giveUp(
    queued: Queued,
    settings: AsyncSettings,
    record: FunctionRecord,
    result: Pick<InvocationResult, 'payload' | 'error'> & { readonly reason: string },
  ): Promise<void> {
    this.queue.delete(queued.requestId);
    const destination = settings.onFailure ?? record.deadLetterArn;
    let problem = '';
    try {
      if (settings.onFailure !== undefined)
        await this.send(record, settings.onFailure, destinationRecord(queued, record, result.reason, result));
      else if (record.deadLetterArn !== undefined)
        await this.deadLetter(record, record.deadLetterArn, queued, result.payload);
    } catch (error) {
      problem = `; ${destination ?? ''} did not take it: ${messageOf(error)}`;
    }
    this.account.trace.emit('function.gave-up', {
      function: queued.functionName,
      requestId: queued.requestId,
      attempts: queued.attempts,
      error: `${result.payload}${problem}`,
      ...(destination === undefined ? {} : { destination }),
    });
  }

  /** As the function's role, which has to be allowed to. */
  private async send(record: FunctionRecord, destination: string, message: Body): Promise<void> {
    const role = this.account.iam.roleByArn(record.role);
    const body = JSON.stringify(message);
    const { service } = parseArn(destination);
    if (service === 'sqs')
      await this.account.call('sqs', 'SendMessage', { QueueUrl: this.queuePath(destination), MessageBody: body }, role);
    else if (service === 'sns')
      await this.account.call('sns', 'Publish', { TopicArn: destination, Message: body }, role);
    else if (service === 'lambda')
      await this.account.call(
        'lambda',
        'Invoke',
        { FunctionName: destination, InvocationType: 'Event', Payload: Buffer.from(body) },
        role,
      );
    else {
      const condition = (message.requestContext as Body).condition;
      const entry = {
        Source: 'lambda',
        DetailType: `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`,
        Detail: body,
        EventBusName: destination,
        Resources: [record.arn, destination],
      };
      await this.account.call('events', 'PutEvents', { Entries: [entry] }, role);
    }
  }

  private async deadLetter(record: FunctionRecord, destination: string, queued: Queued, error: string): Promise<void> {
    const role = this.account.iam.roleByArn(record.role);
    const attribute = (StringValue: string): Body => ({ DataType: 'String', StringValue });
    const { errorMessage } = JSON.parse(error) as { readonly errorMessage?: string };
    const MessageAttributes = {
      RequestID: attribute(queued.requestId),
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: attribute((errorMessage ?? 'unknown').slice(0, 1024)),
    };
    if (parseArn(destination).service === 'sqs')
      await this.account.call(
        'sqs',
        'SendMessage',
        { QueueUrl: this.queuePath(destination), MessageBody: queued.payload, MessageAttributes },
        role,
      );
    else
      await this.account.call(
        'sns',
        'Publish',
        { TopicArn: destination, Message: queued.payload, MessageAttributes },
        role,
      );
  }

  private queuePath(arn: string): string {
    return `/${this.account.accountId}/${nameOfArn(arn)}`;
  }
}

function destinationRecord(
  queued: Queued,
  record: FunctionRecord,
  condition: string,
  result: Pick<InvocationResult, 'payload' | 'error'>,
): Body {
  return {
    version: '1.0',
    timestamp: new Date(queued.acceptedAt).toISOString(),
    requestContext: {
      requestId: queued.requestId,
      functionArn: `${record.arn}:${record.version}`,
      condition,
      approximateInvokeCount: queued.attempts,
    },
    requestPayload: JSON.parse(queued.payload) as unknown,
    responseContext: {
      statusCode: 200,
      executedVersion: record.version,
      ...(result.error === undefined ? {} : { functionError: result.error }),
    },
    responsePayload: JSON.parse(result.payload) as unknown,
  };
}
