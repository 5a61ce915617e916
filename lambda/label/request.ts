import * as z from 'zod';
import { mostLabels } from '../../contracts/front-door';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const label = z.object({
  /** Inference id of the request, or its event id when the caller gave none. */
  inference_id: z.string().min(1).max(64),
  /** What turned out to be true; a list for a request of several rows, in their order. */
  label: z.union([scalar, z.array(scalar).min(1).max(10_000)]),
  /** When it became known; default: when it arrived. */
  time: z.iso.datetime({ offset: true }).optional(),
});
export type Label = z.infer<typeof label>;

const batch = z.object({
  labels: z.array(z.unknown()).min(1).max(mostLabels),
  /** When the labels were collected; default: now. */
  time: z.iso.datetime({ offset: true }).optional(),
});

/** A label that was not taken, and why. */
export interface Rejection {
  readonly index: number;
  readonly inference_id?: string;
  readonly problem: string;
}

export interface Batch {
  readonly labels: readonly { readonly index: number; readonly label: Label }[];
  readonly rejected: readonly Rejection[];
  readonly time?: string;
}

/** What a caller got wrong about the whole request. */
export class BadRequest extends Error {}

/** Splits a request into labels of the right shape and the others. @throws BadRequest when it holds no list of labels. */
export function batchOf(body: unknown): Batch {
  const parsed = batch.safeParse(body);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((each) => `${each.path.join('.') || 'body'}: ${each.message}`);
    throw new BadRequest(
      `${problems.join('; ')}. Send {"labels": [{"inference_id": "...", "label": 1}]}, ${mostLabels} labels at most`,
    );
  }
  const labels: { index: number; label: Label }[] = [];
  const rejected: Rejection[] = [];
  for (const [index, each] of parsed.data.labels.entries()) {
    const one = label.safeParse(each);
    if (one.success) labels.push({ index, label: one.data });
    else
      rejected.push({
        index,
        problem: one.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      });
  }
  return { labels, rejected, time: parsed.data.time };
}
