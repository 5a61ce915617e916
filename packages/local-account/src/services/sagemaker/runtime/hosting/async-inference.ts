import { validation } from '../../../../core/errors';
import { body, optionalNumber, optionalText, text } from '../../../../core/input';
import { parseS3Uri } from '../../../../core/module';
import type { AccountParts } from '../../../../core/module';
import type { Body } from '../../../../core/service';
import type { InvokeAnswer, InvokeRequest } from './endpoint-runtime';
import { partition } from '../../../../core/partition';

declare module '../../../../core/trace' {
  interface TraceEvents {
    'async.ended': {
      readonly endpoint: string;
      readonly inferenceId: string;
      readonly output?: string;
      readonly failure?: string;
    };
  }
}

/** Asynchronous inference: the request lies in S3, the answer goes to S3, topics are notified. */
export class AsyncInference {
  /** Requests wait for one another, in order, per endpoint. */
  private readonly queues = new Map<string, Promise<void>>();

  constructor(
    private readonly account: AccountParts,
    private readonly answer: (endpoint: string, request: InvokeRequest) => Promise<InvokeAnswer>,
    private readonly roleOf: (endpoint: string) => string,
  ) {}

  invoke(endpoint: Body, input: Body): Body {
    const name = text(endpoint, 'EndpointName');
    const config = body(endpoint, 'AsyncInferenceConfig');
    if (endpoint['AsyncInferenceConfig'] === undefined)
      throw validation(`Endpoint ${name} is not asynchronous: call InvokeEndpoint`);
    const output = body(config, 'OutputConfig');
    const id = optionalText(input, 'InferenceId') ?? this.account.newId();
    const object = this.account.newId();
    const location = `${text(output, 'S3OutputPath').replace(/\/+$/, '')}/${object}.out`;
    const failures = optionalText(output, 'S3FailurePath');
    const failure = failures === undefined ? undefined : `${failures.replace(/\/+$/, '')}/${object}-error.out`;
    const source = text(input, 'InputLocation');
    const before = this.queues.get(name) ?? Promise.resolve();
    const work = before.then(() => this.run(name, id, source, location, failure, input, output));
    this.queues.set(name, work);
    void this.account.clock.track(work);
    return {
      InferenceId: id,
      OutputLocation: location,
      ...(failure === undefined ? {} : { FailureLocation: failure }),
    };
  }

  private async run(
    name: string,
    id: string,
    source: string,
    location: string,
    failure: string | undefined,
    input: Body,
    output: Body,
  ): Promise<void> {
    const topics = body(output, 'NotificationConfig');
    const common = {
      awsRegion: this.account.region,
      eventTime: this.account.clock.now().toISOString(),
      eventVersion: '1.0',
      eventSource: 'aws:sagemaker',
      eventName: 'InferenceResult',
      inferenceId: id,
    };
    try {
      const payload = this.read(name, source);
      const accept = optionalText(input, 'Accept');
      const timeout = optionalNumber(input, 'InvocationTimeoutSeconds') ?? 900;
      const answer = await this.answer(name, {
        body: payload,
        contentType: optionalText(input, 'ContentType') ?? 'application/octet-stream',
        inferenceId: id,
        timeout,
        ...(accept === undefined ? {} : { accept }),
      });
      this.write(name, location, answer.body, answer.contentType);
      this.account.trace.emit('async.ended', { endpoint: name, inferenceId: id, output: location });
      await this.notify(name, optionalText(topics, 'SuccessTopic'), {
        ...common,
        invocationStatus: 'Completed',
        requestParameters: { endpointName: name, inputLocation: source },
        responseParameters: { contentType: answer.contentType, outputLocation: location },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.account.trace.emit('async.ended', { endpoint: name, inferenceId: id, failure: reason });
      if (failure !== undefined) this.tryWrite(name, failure, reason);
      await this.notify(name, optionalText(topics, 'ErrorTopic'), {
        ...common,
        invocationStatus: 'Failed',
        failureReason: reason,
        requestParameters: { endpointName: name, inputLocation: source },
        ...(failure === undefined ? {} : { responseParameters: { failureLocation: failure } }),
      });
    }
  }

  private read(endpoint: string, uri: string): Buffer {
    const { bucket, key } = parseS3Uri(uri);
    this.allow(endpoint, 's3:GetObject', bucket, key);
    return this.account.s3.read(bucket, key);
  }

  private write(endpoint: string, uri: string, content: Buffer | string, contentType: string): void {
    const { bucket, key } = parseS3Uri(uri);
    this.allow(endpoint, 's3:PutObject', bucket, key);
    this.account.s3.put(bucket, key, content, { contentType });
  }

  private tryWrite(endpoint: string, uri: string, content: string): void {
    try {
      this.write(endpoint, uri, content, 'text/plain');
    } catch (error) {
      this.account.trace.emit('async.ended', {
        endpoint,
        inferenceId: '',
        failure: `${uri} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }

  private allow(endpoint: string, action: string, bucket: string, key: string): void {
    this.account.iam.authorize(this.account.iam.roleByArn(this.roleOf(endpoint)), [
      { action, resource: `arn:${partition}:s3:::${bucket}/${key}` },
    ]);
  }

  /** With the role of the model, as AWS does: without sns:Publish no message is sent, and the answer is stored all the same. */
  private async notify(endpoint: string, topic: string | undefined, message: Body): Promise<void> {
    if (topic === undefined) return;
    try {
      const role = this.account.iam.roleByArn(this.roleOf(endpoint));
      await this.account.call('sns', 'Publish', { TopicArn: topic, Message: JSON.stringify(message) }, role);
    } catch (error) {
      this.account.trace.emit('async.ended', {
        endpoint,
        inferenceId: '',
        failure: `could not publish to ${topic}: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
}
