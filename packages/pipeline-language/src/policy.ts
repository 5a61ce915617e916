/** What surrounds a step: caching and retries. */

/** Reuses the result of an earlier execution whose arguments were the same. */
export interface CacheOptions {
  /** Default true. */
  readonly enabled?: boolean;
  /** An ISO 8601 duration, for instance `P30D` or `PT6H`. */
  readonly expireAfter?: string;
}

export const EXCEPTIONS = [
  'Step.SERVICE_FAULT',
  'Step.THROTTLING',
  'SageMaker.JOB_INTERNAL_ERROR',
  'SageMaker.CAPACITY_ERROR',
  'SageMaker.RESOURCE_LIMIT',
] as const;
export type ExceptionType = (typeof EXCEPTIONS)[number];

/** Repeats a failed step; give either the number of attempts or the minutes after which to give up. */
export type RetryPolicy = {
  readonly on: readonly ExceptionType[];
  /** Seconds before the first retry; default 1. */
  readonly intervalSeconds?: number;
  /** Factor by which the interval grows; default 2. */
  readonly backoffRate?: number;
} & (
  | { readonly maxAttempts: number; readonly expireAfterMinutes?: never }
  | { readonly expireAfterMinutes: number; readonly maxAttempts?: never }
);

export const OUTCOMES = ['Completed', 'Failed', 'Stopped', 'Any'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const renderCache = (cache: CacheOptions): Record<string, unknown> => ({
  Enabled: cache.enabled ?? true,
  ExpireAfter: cache.expireAfter,
});

export const renderRetry = (policy: RetryPolicy): Record<string, unknown> => ({
  ExceptionType: policy.on,
  IntervalSeconds: policy.intervalSeconds ?? 1,
  BackoffRate: policy.backoffRate ?? 2,
  MaxAttempts: policy.maxAttempts,
  ExpireAfterMin: policy.expireAfterMinutes,
});
