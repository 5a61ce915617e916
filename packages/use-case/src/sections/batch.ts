import { z } from 'zod';
import { duration, instanceType } from './values';

/** Scoring files on a schedule with the live model; part of the use case's schema. */
export const batch = z.strictObject({
  /** Cadence. Each run scores everything that lies in the input then. */
  every: duration.default('1d'),
  instance: instanceType.default('ml.m5.large'),
  count: z.number().int().min(1).max(100).default(1),
});

/** Settings of the batch function. */
export type BatchSettings = Pick<z.infer<typeof batch>, 'instance' | 'count'> & {
  /**
   * Left out: the output holds the answers alone. Otherwise each answer stands behind its row, as the monitors read it,
   * and `key` says that rows begin with a value that names them, which the model does not see.
   */
  readonly joined?: { readonly key: boolean };
};
export type Batch = z.infer<typeof batch>;
