import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { parse } from 'csv-parse/sync';
import { UserError } from '@mooring/use-case/errors';
import { resourceNames, type StageName } from '../../contracts/names';
import { featureNames, type UseCase } from '@mooring/use-case/use-case';

/** A stage that is asked and tested: clients with the rights to do so, and where its artifacts lie. */
export interface Target {
  readonly name: StageName;
  readonly artifactBucket: string;
  readonly s3: S3Client;
  readonly runtime: SageMakerRuntimeClient;
}

/** A row of the test set with the answer that the evaluation recorded. */
export interface Sample {
  readonly values: readonly string[];
  readonly expected: number;
}

/** What an endpoint answered, with the time it took in milliseconds. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly milliseconds: number;
}

/** Monitors leave requests with this attribute out. */
export const testAttribute = 'mooring-smoke-test';

/**
 * Rows that an evaluation left in `predictions.csv`.
 *
 * @throws UserError when it left none.
 */
export async function recordedSamples(
  { s3, artifactBucket }: Target,
  useCase: UseCase,
  key: string,
): Promise<readonly Sample[]> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: artifactBucket, Key: key })).catch((error: Error) => {
    if (error.name === 'NoSuchKey') return undefined;
    throw error;
  });
  const text = await answer?.Body?.transformToString();
  if (text === undefined) throw new UserError(`there are no recorded predictions at s3://${artifactBucket}/${key}`);
  const rows = parse(text, { columns: true, to: 2000 }) as Readonly<Record<string, string>>[];
  const features = featureNames(useCase);
  const samples = rows.flatMap((row) => {
    const expected = Number(row['score'] ?? row['prediction']);
    return Number.isFinite(expected) ? [{ values: features.map((name) => row[name] ?? ''), expected }] : [];
  });
  if (samples.length === 0) throw new UserError(`${key} holds no numeric prediction`);
  return samples;
}

export const csvLine = (values: readonly string[]): string =>
  values.map((value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',');

/** One request to a stage's endpoint; bodies of a test are marked as such. */
export const question = (
  stage: StageName,
  useCase: string,
  body: string,
  contentType: 'text/csv' | 'application/json',
): InvokeEndpointCommand =>
  new InvokeEndpointCommand({
    EndpointName: resourceNames.endpoint(useCase, stage),
    ContentType: contentType,
    Accept: contentType,
    Body: Buffer.from(body),
    CustomAttributes: testAttribute,
  });

/** Asks the endpoint of a stage; an answer of the model that is no success is an answer, too. */
export async function ask(
  stage: Pick<Target, 'name' | 'runtime'>,
  useCase: string,
  body: string,
  contentType: 'text/csv' | 'application/json' = 'text/csv',
): Promise<Answer> {
  const started = performance.now();
  const answered = (status: number, text: string): Answer => ({
    status,
    body: text.trim(),
    milliseconds: performance.now() - started,
  });
  try {
    const { Body } = await stage.runtime.send(question(stage.name, useCase, body, contentType));
    return answered(200, Buffer.from(Body ?? []).toString());
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError') {
      const model = error as Error & { readonly OriginalStatusCode?: number; readonly OriginalMessage?: string };
      return answered(model.OriginalStatusCode ?? 500, model.OriginalMessage ?? error.message);
    }
    throw error;
  }
}

/** Score of one CSV answer line: its last number. */
export const scoreOf = (line: string): number => Number(line.split(',').at(-1));

/** Batch and online scores come from the same code; what is left is how numbers are printed. */
export const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b));

/** Keeps a JSON document beside the other reports. */
export async function keep({ s3, artifactBucket }: Target, key: string, content: unknown): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: artifactBucket,
      Key: key,
      Body: `${JSON.stringify(content, undefined, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
}
