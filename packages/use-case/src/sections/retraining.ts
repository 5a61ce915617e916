import { z } from 'zod';
import { duration } from './values';

/** When a model is trained again, on what, and within which limits. */
export const retraining = z.strictObject({
  on_drift: z.boolean().default(true),
  schedule: z
    .string()
    .regex(/^(cron|rate)\(.+\)$/, 'cron(...) or rate(...)')
    .optional(),
  on_new_data: z.boolean().default(false),
  cool_down: duration.default('6h'),
  max_per_day: z.number().int().min(1).default(3),
  min_new_labels: z.number().int().min(0).default(0),
  /** What of the past is trained on: everything, everything plus the labelled window, or the window alone. */
  data: z.enum(['base', 'base+window', 'window']).default('base+window'),
  window: duration.default('30d'),
  /**
   * Age at which a row counts half as much as a new one in training; all count the same by default. Base rows are taken to
   * be as old as `window`, unless dataset.time tells.
   */
  half_life: duration.optional(),
  envelope: z
    .strictObject({
      hyperparameters: z.record(z.string(), z.tuple([z.number(), z.number()])).default({}),
      max_data_age: duration.optional(),
    })
    .default({ hyperparameters: {} }),
});
