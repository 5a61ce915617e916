import { z } from 'zod';
import { detectorNames } from '../drift-detectors';
import { compute } from './compute';
import { postTrainingBiasMetrics } from './fairness';
import { qualityMetrics } from './gates';
import { columnName, duration, instanceType } from './values';

export const monitoredFeature = z.strictObject({
  /** A feature; `prediction` or `score` watch the model's answers. */
  name: columnName,
  /** Alarm when the feature's drift value passes it, in the detector's direction; default: the detector's own. */
  threshold: z.number().min(0).optional(),
  /** Default: `robust` for numbers, `linf` for categories. */
  detector: z.enum(detectorNames).optional(),
  /**
   * Alarm when the drift value leaves what was usual for it by so many standard deviations (CloudWatch anomaly detection),
   * not when it passes the threshold; reports go on judging by the threshold. For AWS: the local account refuses such alarms.
   */
  band: z.number().min(0.5).max(10).optional(),
});

/** What is watched in service, how often, and when it is an alarm. */
export const monitoring = z.strictObject({
  engine: z.enum(['open', 'model-monitor']).default('open'),
  /** Whose rows all monitors watch: captured requests of the endpoint, or what the section `batch` scores. */
  source: z.enum(['endpoint', 'batch']).default('endpoint'),
  /** Cadence of the data monitor. */
  every: duration.default('1h'),
  /** How far back the rows of one run reach; default: one cadence. */
  window: duration.optional(),
  /** Features with an alarm of their own. */
  features: z.array(monitoredFeature).default([]),
  /** Fewer captured rows than this give a skipped verdict instead of a wrong one. */
  min_sample: z.number().int().min(1).default(50),
  instance: instanceType.default('ml.t3.large'),
  /** A Spark cluster for baselines of data too large for one machine. Left out: one process. */
  compute: compute.optional(),
  /** How many of the last windows must be out of bounds before an alarm fires: `datapoints` of `windows`. */
  alarm: z
    .strictObject({
      datapoints: z.number().int().min(1).max(100).default(1),
      windows: z.number().int().min(1).max(100).default(1),
    })
    .prefault({}),
  /** Further monitors, each with a cadence of its own; they need ground truth, except explanations. */
  quality: z
    .strictObject({
      every: duration.default('1d'),
      window: duration.optional(),
      metric: z.enum(qualityMetrics),
      bound: z.number(),
    })
    .optional(),
  bias: z
    .strictObject({
      every: duration.default('1d'),
      window: duration.optional(),
      metric: z.enum(postTrainingBiasMetrics),
      max: z.number(),
    })
    .optional(),
  explanations: z
    .strictObject({
      every: duration.default('1d'),
      window: duration.optional(),
      min_ndcg: z.number().gt(0).max(1).default(0.9),
    })
    .optional(),
});
