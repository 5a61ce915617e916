import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { parse } from 'csv-parse/sync';
import { UserError } from '../../contracts/errors';
import { prefixes, resourceNames } from '../../contracts/names';
import { featureNames, type UseCase } from '../../contracts/use-case';
import { readText, type TrainRecord } from './record';
import type { Stage } from './stage';

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

/** @throws UserError when the evaluation left no predictions. */
export async function samplesOf(staging: Stage, useCase: UseCase, trained: TrainRecord): Promise<readonly Sample[]> {
  const execution = trained.execution_arn.split('/').at(-1) ?? '';
  const key = `${prefixes.executions(useCase.name)}/${execution}/Evaluate/predictions/predictions.csv`;
  const text = await readText(staging, staging.artifactBucket, key);
  if (text === undefined)
    throw new UserError(`there are no recorded predictions at s3://${staging.artifactBucket}/${key}`);
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

/** Asks the endpoint of a stage; an answer of the model that is no success is an answer, too. */
export async function ask(
  stage: Stage,
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
    const { Body } = await stage.runtime.send(
      new InvokeEndpointCommand({
        EndpointName: resourceNames.endpoint(useCase, stage.name),
        ContentType: contentType,
        Accept: contentType,
        Body: Buffer.from(body),
        // Monitors leave these requests out.
        CustomAttributes: 'mooring-smoke-test',
      }),
    );
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
