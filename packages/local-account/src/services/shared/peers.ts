import type { Body } from '../../core/service';
import type { Source } from './resource-policy';

/** A single value or a distribution, for {@link MetricSink}. */
export interface MetricPoint {
  readonly name: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly value: number;
  /** CloudWatch unit. Default: None. */
  readonly unit?: string;
  /** Default: now. */
  readonly time?: Date;
}

/** CloudWatch for other services: their own AWS/... metrics. */
export interface MetricSink {
  put(namespace: string, points: readonly MetricPoint[]): void;
}

/** States of alarms, for deployment guardrails. */
export interface AlarmWatch {
  /** Undefined when no alarm has that name. */
  stateOf(alarmName: string): 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | undefined;
  /** Calls back after every change of state; the returned function ends it. */
  onChange(callback: (alarmName: string, state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') => void): () => void;
}

/** Lambda for other services. */
export interface FunctionEvents {
  /**
   * Queues an asynchronous invocation after checking the function's resource policy.
   *
   * @param payload JSON text
   * @throws AwsError when the function does not exist or its policy does not let the source in
   */
  invokeFor(source: Source, functionArn: string, payload: string): void;
  /**
   * Checks that a function lets a source in, for callers that wait for its answer.
   *
   * @throws AwsError when the function does not exist or its policy does not let the source in
   */
  requireAccess(source: Source, functionArn: string): void;
  /** The same without waiting for a result but as a waited-for call, for event source mappings. */
  invokeNow(functionArn: string, payload: string): Promise<{ readonly payload: unknown; readonly error?: string }>;
}

/** SNS for other services. */
export interface TopicPublisher {
  /** @throws AwsError when the topic does not exist or its policy does not let the source in. */
  publishFor(
    source: Source,
    message: {
      readonly topicArn: string;
      readonly subject?: string;
      readonly message: string;
      readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
    },
  ): string;
}

/** A message as a consumer sees it. */
export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly md5OfBody: string;
}

export interface SendOptions {
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
}

/** SQS for other services. */
export interface QueueAccess {
  /** @throws AwsError when the queue does not exist or its policy does not let the source in. */
  sendFor(source: Source, queueArn: string, body: string, options?: SendOptions): string;
  /** Sends without a policy check: for callers whose role was checked already. */
  send(queueArn: string, body: string, options?: SendOptions): string;
  receive(queueArn: string, max: number): readonly QueueMessage[];
  delete(queueArn: string, receiptHandle: string): void;
  /** Makes a received message visible again. */
  release(queueArn: string, receiptHandle: string): void;
  /** Calls back when a message becomes visible; the returned function ends it. */
  onVisible(queueArn: string, callback: () => void): () => void;
}

/** A message that went to an e-mail address; on the laptop it lands in the inbox. */
export interface InboxMessage {
  /** Virtual time, ISO-8601. */
  readonly time: string;
  readonly to: string;
  readonly topicArn: string;
  readonly subject: string;
  readonly body: string;
}

/** Application Auto Scaling for alarms whose action is a scaling policy. */
export interface ScalingTrigger {
  alarmFired(policyArn: string, alarmName: string): void;
  /** Whether a variant of an endpoint is a scalable target. */
  scales(endpoint: string, variant: string): boolean;
}

/** KMS for services that encrypt what they keep. */
export interface KeyRing {
  /** By id, ARN or alias. */
  find(name: string): { readonly arn: string; readonly policy: Body } | undefined;
}

/** ECR for services that run images. */
export interface ImageRegistry {
  /** The image that a URI names, by tag or digest; undefined when it was never pushed to this account. */
  find(uri: string): { readonly digest: string; readonly title: string } | undefined;
}

declare module '../../core/module' {
  interface Peers {
    readonly metrics: MetricSink;
    readonly alarms: AlarmWatch;
    readonly functions: FunctionEvents;
    readonly topics: TopicPublisher;
    readonly queues: QueueAccess;
    readonly scaling: ScalingTrigger;
    readonly keys: KeyRing;
    readonly images: ImageRegistry;
    readonly inbox: { messages(): readonly InboxMessage[] };
  }
}
