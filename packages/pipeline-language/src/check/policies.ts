import { isObject } from '../definition';
import type { Node } from '../graph';
import { EXCEPTIONS } from '../policy';
import type { Report } from './problem';

const BOTH = ['CacheConfig', 'RetryPolicies'];

/** Which steps can be cached and repeated. */
export const POLICY_KEYS: Readonly<Record<string, readonly string[]>> = {
  Processing: BOTH,
  Training: BOTH,
  Tuning: BOTH,
  Transform: BOTH,
  AutoML: BOTH,
  EndpointConfig: BOTH,
  EMRServerless: BOTH,
  QualityCheck: BOTH,
  ClarifyCheck: BOTH,
  Model: ['RetryPolicies'],
  RegisterModel: ['RetryPolicies'],
  Endpoint: ['CacheConfig'],
  EMR: ['CacheConfig'],
  Lambda: ['CacheConfig'],
  Callback: ['CacheConfig'],
};

/** ISO 8601, and the short forms `30d` and `T12H` that the service reads as well. */
const DURATION = /^P?(?=[T\d])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T?(\d+H)?(\d+M)?(\d+S)?)?$/i;
const CACHE_KEYS = ['Enabled', 'ExpireAfter'];
const RETRY_KEYS = ['ExceptionType', 'IntervalSeconds', 'BackoffRate', 'MaxAttempts', 'ExpireAfterMin'];
const RETRIED: readonly string[] = [...EXCEPTIONS, 'Emr.RESOURCE_LIMIT'];

/** CacheConfig and RetryPolicies of a step. */
export function checkPolicies({ name, type, path, definition }: Node, report: Report): void {
  const { CacheConfig: cache, RetryPolicies: retries } = definition;
  if (cache !== undefined) {
    const wrong = cacheProblem(cache);
    if (wrong !== undefined)
      report({ code: 'bad-cache', step: name, path: `${path}.CacheConfig`, value: cache, ...wrong });
  }
  if (retries === undefined) return;
  const policies: unknown[] = Array.isArray(retries) ? retries : [retries];
  for (const [index, policy] of policies.entries()) {
    const wrong = retryProblem(policy, type === 'Model' || type === 'RegisterModel');
    if (wrong !== undefined)
      report({ code: 'bad-retry', step: name, path: `${path}.RetryPolicies[${index}]`, value: policy, ...wrong });
  }
}

type Wrong = { readonly message: string; readonly allowed: string } | undefined;

function cacheProblem(cache: unknown): Wrong {
  if (!isObject(cache)) return { message: 'CacheConfig is not an object', allowed: CACHE_KEYS.join(', ') };
  const strange = Object.keys(cache).find((key) => !CACHE_KEYS.includes(key));
  if (strange !== undefined) return { message: `CacheConfig has no member ${strange}`, allowed: CACHE_KEYS.join(', ') };
  const { Enabled: enabled = true, ExpireAfter: after = 'P1D' } = cache;
  if (typeof enabled !== 'boolean')
    return { message: `Enabled is ${JSON.stringify(enabled)}`, allowed: 'true or false' };
  if (typeof after === 'string' && DURATION.test(after) && /\d/.test(after)) return undefined;
  return { message: `ExpireAfter is ${JSON.stringify(after)}`, allowed: 'an ISO 8601 duration such as P30D or PT6H' };
}

function retryProblem(policy: unknown, noJob: boolean): Wrong {
  if (!isObject(policy)) return { message: 'a retry policy is not an object', allowed: RETRY_KEYS.join(', ') };
  const strange = Object.keys(policy).find((key) => !RETRY_KEYS.includes(key));
  if (strange !== undefined)
    return { message: `a retry policy has no member ${strange}`, allowed: RETRY_KEYS.join(', ') };
  const {
    ExceptionType: on,
    MaxAttempts: attempts,
    ExpireAfterMin: minutes,
    BackoffRate: rate = 2,
    IntervalSeconds: pause = 1,
  } = policy;
  const types: unknown[] = Array.isArray(on) ? on : [on];
  const known = noJob ? RETRIED.filter((exception) => exception.startsWith('Step.')) : RETRIED;
  const other = types.find((exception) => !known.some((k) => k === exception));
  if (types.length === 0 || other !== undefined)
    return { message: `exception type ${String(other)} cannot be retried here`, allowed: known.join(', ') };
  if ((attempts === undefined) === (minutes === undefined)) {
    return { message: 'a retry policy has one end', allowed: 'either MaxAttempts or ExpireAfterMin' };
  }
  if (!within(attempts ?? 1, 1, 20)) return { message: `MaxAttempts is ${String(attempts)}`, allowed: '1 to 20' };
  if (!within(minutes ?? 1, 1, 14_400))
    return { message: `ExpireAfterMin is ${String(minutes)}`, allowed: '1 to 14400' };
  if (!within(rate, 0, Infinity)) return { message: `BackoffRate is ${String(rate)}`, allowed: 'at least 0' };
  return within(pause, 0, Infinity)
    ? undefined
    : { message: `IntervalSeconds is ${String(pause)}`, allowed: 'at least 0' };
}

const within = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && value >= min && value <= max;
