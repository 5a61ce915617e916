/** How long and how often a delivery is tried again. */
export interface RetryPolicy {
  readonly MaximumEventAgeInSeconds?: number;
  readonly MaximumRetryAttempts?: number;
}

/** Why retrying ended: how EventBridge names it in a dead letter. */
export type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

const defaults = { age: 86_400, attempts: 185 };
const longestWait = 900_000;

/**
 * When a failed delivery is tried again: after 1, 2, 4 ... seconds and at most every 15 minutes, within the policy's limits
 * (defaults: 24 hours and 185 retries, as EventBridge and Scheduler have them).
 *
 * @param retries how many retries were made already
 * @returns milliseconds to wait, or the limit that is used up
 */
export function nextRetry(policy: RetryPolicy, retries: number, ageMs: number): number | Exhausted {
  if (retries >= (policy.MaximumRetryAttempts ?? defaults.attempts)) return 'MaximumRetryAttempts';
  const wait = Math.min(1000 * 2 ** Math.min(retries, 20), longestWait);
  return ageMs + wait > (policy.MaximumEventAgeInSeconds ?? defaults.age) * 1000 ? 'MaximumEventAgeInSeconds' : wait;
}
