import { z } from 'zod';
import { duration } from './values';

/** Ground truth that arrives after the predictions. Left out: nothing is joined, and retraining sees the base data alone. */
export const labels = z.strictObject({
  /** Cadence of the join of labels with captured rows; each run writes a version of labelled rows. */
  every: duration.default('1d'),
  /** Age at which a prediction should have its label; younger ones do not count against coverage. */
  expected_within: duration.default('1d'),
  /** Alarm when a smaller share of such predictions has a label. */
  min_coverage: z.number().gt(0).max(1).default(0.5),
  /** Alarm when 5 % of the labels take longer than this; no alarm by default. */
  max_lag: duration.optional(),
});
