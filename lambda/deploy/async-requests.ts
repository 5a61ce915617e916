import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { AsyncInferenceConfig } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { prefixes } from '../../contracts/names';
import type { Asynchronous } from '@mooring/use-case/sections/serving-variety';
import { list, parseUri, readText } from '../shared/objects';
import type { Context } from './context';

/** A minute in all, more often at first: an idle endpoint answers within a second or two. */
const waits = [0.1, 0.2, 0.5, 1, 2, 4, 7, 15, 15, 15].map((seconds) => seconds * 1_000);
/** A queue may be longer than that; nobody waits for a request of the smoke test then. */
const timeToLive = 900;

/** Where answers and failures go, who is notified about them, and how many requests an instance takes at once. */
export function asyncConfigOf(context: Context, { max_concurrency, notify }: Asynchronous): AsyncInferenceConfig {
  const { dataBucket, useCase, stage, kmsKeyArn, topicArn } = context;
  return {
    ClientConfig: { MaxConcurrentInvocationsPerInstance: max_concurrency },
    OutputConfig: {
      S3OutputPath: `s3://${dataBucket}/${prefixes.asyncOutput(useCase, stage)}`,
      S3FailurePath: `s3://${dataBucket}/${prefixes.asyncFailures(useCase, stage)}`,
      KmsKeyId: kmsKeyArn,
      NotificationConfig:
        notify === 'none'
          ? undefined
          : { ErrorTopic: topicArn, ...(notify === 'all' ? { SuccessTopic: topicArn } : {}) },
    },
  };
}

/** No answer and no failure within a minute: the queue is long or the model takes its time, which says nothing about it. */
export class Unanswered extends Error {
  constructor() {
    super('the endpoint did not answer within a minute; its queue is long or its model takes its time');
  }
}

/** What SageMaker wrote instead of an answer. Has the status as InvokeEndpoint's error has it; 400 when it has none. */
export class AsyncFailure extends Error {
  readonly OriginalStatusCode: number;

  constructor(message: string) {
    super(message);
    this.OriginalStatusCode = Number(/error \((\d{3})\)/.exec(message)?.[1] ?? 400);
  }
}

/**
 * Sends one line through S3 and waits for its answer.
 *
 * @throws AsyncFailure when the request failed, Unanswered when nothing came.
 */
export async function askAsync(context: Context, id: string, line: string, attributes: string): Promise<string> {
  const { runtime, endpointName, useCase, stage, artifacts, dataBucket } = context;
  const bucket = { s3: artifacts.s3, name: dataBucket };
  const key = `${prefixes.asyncInput(useCase, stage)}/smoke-test/${id}.csv`;
  await bucket.s3.send(new PutObjectCommand({ Bucket: dataBucket, Key: key, Body: line, ContentType: 'text/csv' }));
  const { OutputLocation: output, FailureLocation: failure } = await runtime.send(
    new InvokeEndpointAsyncCommand({
      EndpointName: endpointName,
      InputLocation: `s3://${dataBucket}/${key}`,
      ContentType: 'text/csv',
      Accept: 'text/csv',
      InferenceId: id.slice(-64),
      CustomAttributes: attributes,
      RequestTTLSeconds: timeToLive,
    }),
  );
  const arrived = async (uri: string | undefined): Promise<string | undefined> => {
    if (uri === undefined) return undefined;
    const found = parseUri(uri).key;
    return (await list(bucket, found)).length === 0 ? undefined : readText(bucket, found);
  };
  for (const wait of waits) {
    await context.sleep(wait);
    const answer = await arrived(output);
    if (answer !== undefined) return answer.trim();
    const reason = await arrived(failure);
    if (reason !== undefined) throw new AsyncFailure(reason.trim());
  }
  throw new Unanswered();
}
