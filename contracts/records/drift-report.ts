import { z } from 'zod';

/**
 * `drift_report.json`: what the monitor found in a window, for programs. `contracts/records/drift-report.schema.json` is emitted
 * from it; `python/mooring-monitor/src/mooring_monitor/drift/report.py` writes it, and a test holds the two together.
 */

/** From best to worst; the overall verdict is the worst verdict of any feature. */
export const verdicts = ['skipped', 'ok', 'warn', 'error', 'breach'] as const;
const verdict = z.enum(verdicts);

/** JSON has no infinities: they are written as text, as Clarify does. */
const number = z.union([z.number(), z.enum(['Infinity', '-Infinity'])]);
const count = z.number().int().min(0);
const share = z.number().min(0).max(1);

const side = z.strictObject({
  inferred_type: z.enum(['Integral', 'Fractional', 'String', 'Unknown']),
  rows: count,
  present: count,
  completeness: share,
  mean: number.nullable(),
  /** Population standard deviation. */
  std_dev: number.nullable(),
});

/** Shares of rows for a small plot. Numbers: bars between inner edges, the outer bars are open. */
const distribution = z.union([
  z.strictObject({
    edges: z.array(z.number()),
    reference: z.array(z.number()),
    current: z.array(z.number()).nullable(),
  }),
  z.strictObject({ categories: z.array(z.string()), reference: z.array(share), current: z.array(share).nullable() }),
]);

const feature = z.strictObject({
  name: z.string(),
  feature_type: z.enum(['numeric', 'category']).nullable(),
  /** A name of packages/use-case/src/detectors.json, or `none`. */
  detector: z.string(),
  /** `above`: drift is a value over the threshold; `below`: a value under it (p-values). */
  direction: z.enum(['above', 'below']),
  threshold: z.number(),
  /** The detector's value; null when skipped or failed. */
  value: number.nullable(),
  /** The value as published to CloudWatch: never past the threshold unless the verdict is `breach`. */
  published: number.nullable(),
  /** How likely a value as large is without drift. */
  p_value: z.number().nullable(),
  /** The same with all features of the run in mind (Benjamini-Hochberg). */
  q_value: z.number().nullable(),
  verdict,
  /** Why a feature was skipped, or what failed. */
  reason: z.string().nullable(),
  /** Whether the use case asks for an alarm on it. */
  monitored: z.boolean(),
  reference: side.nullable(),
  current: side.nullable(),
  distribution: distribution.nullable(),
});

export const driftReportSchema = z.strictObject({
  schema_version: z.literal('1.0'),
  kind: z.literal('data'),
  generator: z.string(),
  use_case: z.string().nullable(),
  endpoint: z.string().nullable(),
  variant: z.string().nullable(),
  schedule: z.string().nullable(),
  /** Half-open interval, UTC; null for files at a terminal. */
  window: z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() }).nullable(),
  verdict,
  /** The verdict in a sentence. */
  summary: z.string(),
  dataset: z.strictObject({
    rows: count,
    reference_rows: count,
    /** Records or rows that could not be used, by reason, and where the first of each is. */
    skipped: z.record(z.string(), count),
    skipped_examples: z.record(z.string(), z.string()),
    /** What was used under an assumption. */
    notes: z.record(z.string(), count),
    /** Share of the judged features that are in breach. */
    drifted_share: share,
    verdicts: z.partialRecord(verdict, count),
  }),
  features: z.array(feature),
  /** Drift of the model's answers; empty when the baseline does not know what they were. */
  predictions: z.array(feature),
  violations: z.array(
    z.strictObject({ feature_name: z.string(), constraint_check_type: z.string(), description: z.string() }),
  ),
});

export type DriftReport = z.infer<typeof driftReportSchema>;
export type DriftFeature = DriftReport['features'][number];
