import { z } from 'zod';

/** How else than by one real-time variant a stage may serve; parts of the use case's schema. */

/** What two variants are compared by. Means over labelled predictions, and the area under the ROC curve. */
export const trialMetrics = ['accuracy', 'auc', 'brier', 'mae', 'mse'] as const;

const decisionRules = {
  /** Labelled predictions that each variant must have before anything is decided. */
  min_sample: z.number().int().min(100).default(500),
  /** Differences of this size matter: the test is tuned to them, and valid for all others. */
  smallest_difference: z.number().gt(0).default(0.02),
  /** Chance that two equal models stay undecided, however often one looks. */
  confidence: z.number().min(0.8).max(0.999).default(0.95),
};

/**
 * What an approved version goes through before it replaces the live one.
 *
 * `ab`: it answers the callers of its share; `shadow`: it gets copies of requests, and nobody gets its answers.
 */
export const trial = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ab'),
    /** Percent of the callers that the new version answers. */
    share: z.number().int().min(1).max(99).default(50),
    metric: z.enum(trialMetrics),
    ...decisionRules,
  }),
  z.strictObject({
    type: z.literal('shadow'),
    /** Percent of the requests that are copied. */
    share: z.number().int().min(1).max(100).default(100),
    /** With labels: what the answers are compared by as well. */
    metric: z.enum(trialMetrics).optional(),
    ...decisionRules,
  }),
]);

/** A stage without instances: SageMaker starts containers when requests come. */
export const serverless = z.strictObject({
  /** Megabytes of memory; processors grow with it. */
  memory: z
    .union(
      [1024, 2048, 3072, 4096, 5120, 6144].map((each) => z.literal(each)),
      {
        error: 'one of 1024, 2048, 3072, 4096, 5120, 6144',
      },
    )
    .default(2048),
  /** Requests at once; more are refused. */
  max_concurrency: z.number().int().min(1).max(200).default(20),
});

/**
 * A stage that takes requests from S3 and answers into it: for large rows of files and models that take long.
 *
 * Where requests are read from and answers go to is fixed: `prefixes.asyncInput` and its neighbours.
 */
export const asynchronous = z.strictObject({
  /** Requests that one instance works on at once; the others wait in the endpoint's queue. */
  max_concurrency: z.number().int().min(1).max(1000).default(4),
  /** Which requests the topic of the news hears about, one message each, in SageMaker's words. */
  notify: z.enum(['none', 'failures', 'all']).default('none'),
});

export type Trial = z.infer<typeof trial>;
export type Serverless = z.infer<typeof serverless>;
export type Asynchronous = z.infer<typeof asynchronous>;
