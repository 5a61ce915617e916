import { z } from 'zod';
import { instanceType, scalar } from './values';

/** How the model is trained, and on what. */
export const training = z.strictObject({
  framework: z.enum(['xgboost', 'scikit-learn']).default('xgboost'),
  /** Own training image (URI); default: the framework's prebuilt SageMaker image. */
  image: z.string().optional(),
  instance: instanceType.default('ml.m5.large'),
  processing_instance: instanceType.default('ml.m5.large'),
  /** Passed to the training script. */
  hyperparameters: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), scalar).default({}),
  /** Share of the training rows held back to choose the decision threshold and stop early. */
  validation_size: z.number().gt(0).lt(1).default(0.1),
  tuning: z
    .strictObject({
      max_jobs: z.number().int().min(1).max(100),
      max_parallel: z.number().int().min(1).max(10).default(2),
      ranges: z.record(z.string(), z.union([z.tuple([z.number(), z.number()]), z.array(z.string()).min(1)])),
    })
    .optional(),
});
