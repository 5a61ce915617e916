import type { Json } from '../../../../core/service';
import { isObject } from './definition/expression';

export interface RetryPolicy {
  readonly exceptions: readonly string[];
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxAttempts?: number;
  readonly expireAfterMinutes?: number;
}

/** Retry policies of a step as written in the definition. Defaults are the service's: 1 s, doubling, 5 attempts. */
export function retryPolicies(raw: Json | undefined): readonly RetryPolicy[] {
  if (!Array.isArray(raw)) return [];
  return (raw as readonly Json[]).filter(isObject).map((each) => {
    const exceptions = each['ExceptionType'];
    const limit =
      typeof each['ExpireAfterMin'] === 'number'
        ? { expireAfterMinutes: each['ExpireAfterMin'] }
        : { maxAttempts: Number(each['MaxAttempts'] ?? 5) };
    return {
      exceptions: Array.isArray(exceptions) ? (exceptions as readonly Json[]).map(String) : [String(exceptions)],
      intervalSeconds: Number(each['IntervalSeconds'] ?? 1),
      backoffRate: Number(each['BackoffRate'] ?? 2),
      ...limit,
    };
  });
}

/**
 * Seconds to wait before the next attempt, or undefined when the step has to fail.
 *
 * @param attempt attempts made so far. @param elapsedSeconds virtual seconds since the first one started.
 */
export function retryDelay(
  policies: readonly RetryPolicy[],
  exception: string | undefined,
  attempt: number,
  elapsedSeconds: number,
): number | undefined {
  const policy = policies.find((each) => exception !== undefined && each.exceptions.includes(exception));
  if (policy === undefined) return undefined;
  if (policy.maxAttempts !== undefined && attempt > policy.maxAttempts) return undefined;
  const delay = policy.intervalSeconds * policy.backoffRate ** (attempt - 1);
  if (policy.expireAfterMinutes !== undefined && elapsedSeconds + delay > policy.expireAfterMinutes * 60)
    return undefined;
  return delay;
}
