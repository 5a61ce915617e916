import { PutObjectCommand } from '@aws-sdk/client-s3';
import { prefixes } from '../../contracts/names';
import { shortHash } from '../shared/hash';
import { problemOf } from './check';
import type { Context } from './context';
import { batchOf, type Label, type Rejection } from './request';

export interface Answer {
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
  /** Where the accepted labels were written. */
  readonly key?: string;
}

/**
 * Checks labels and writes the good ones as one ground-truth object, in Model Monitor's form and layout.
 *
 * The object is named after its content: a call that is repeated within the hour writes the same object again, and one
 * that is repeated later is counted as duplicates by the join.
 *
 * @throws BadRequest when the body holds no list of labels.
 */
export async function accept(context: Context, body: unknown, receivedAt?: number): Promise<Answer> {
  const { labels, rejected, time } = batchOf(body);
  const problems: Rejection[] = [...rejected];
  const good: Label[] = [];
  for (const { index, label } of labels) {
    const found = valuesOf(label).map((each) => problemOf(each, context.settings));
    const problem = found.find((each) => each !== undefined);
    if (problem === undefined) good.push(label);
    else problems.push({ index, inference_id: label.inference_id, problem: `label: ${problem}` });
  }
  problems.sort((a, b) => a.index - b.index);
  if (good.length === 0) return { accepted: 0, rejected: problems };
  const at = time === undefined ? new Date(receivedAt ?? context.now()) : new Date(time);
  const hour = at.toISOString().slice(0, 13).replace(/[-T]/g, '/');
  const key = `${prefixes.groundTruth(context.useCase)}/${hour}/${shortHash(good, 32)}.jsonl`;
  await context.data.s3.send(
    new PutObjectCommand({
      Bucket: context.data.name,
      Key: key,
      Body: good.map((each) => `${JSON.stringify(recordOf(each))}\n`).join(''),
      ContentType: 'application/jsonlines',
    }),
  );
  return { accepted: good.length, rejected: problems, key };
}

function valuesOf({ label }: Label): readonly (string | number | boolean)[] {
  return Array.isArray(label) ? label : [label];
}

/** A ground-truth record as Model Monitor reads it. */
function recordOf(label: Label): Record<string, unknown> {
  return {
    groundTruthData: { data: valuesOf(label).map(cell).join('\n'), encoding: 'CSV' },
    eventMetadata: { eventId: label.inference_id, ...(label.time === undefined ? {} : { eventTime: label.time }) },
    eventVersion: '0',
  };
}

function cell(value: string | number | boolean): string {
  const text = String(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
