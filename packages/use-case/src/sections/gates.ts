import { z } from 'zod';

export const qualityMetrics = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'auc',
  'rmse',
  'mae',
  'mse',
  'r2',
  'mape',
] as const;

/** What a trained model must reach to be registered. */
export const gates = z.strictObject({
  quality: z.strictObject({
    metric: z.enum(qualityMetrics),
    /** Bound: lowest value allowed for scores, highest for errors (rmse, mae, mse, mape). */
    bound: z.number(),
  }),
  /** Naive baselines the model must beat to be registered. */
  beat: z.array(z.enum(['majority', 'mean', 'persistence'])).default([]),
  /** Must beat the live model on the same test set before it is registered. */
  champion: z.boolean().default(false),
});
