import { AwsError } from '../core/errors';
import type { Exchange } from './exchange';

/** Credential scope of a signed request: who signed it, and for which service. Signatures are not verified. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name, e.g. s3. */
  readonly service: string;
}

/**
 * From the Authorization header, or from the query of a presigned URL; undefined for an unsigned request.
 *
 * @param now real time, which presigned URLs expire by: clients make them with the machine's clock.
 * @throws AwsError for a presigned URL that has expired.
 */
export function scopeOf(
  exchange: Pick<Exchange, 'headers' | 'query'>,
  now: () => number = Date.now,
): Scope | undefined {
  const { query, headers } = exchange;
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? '';
  const match = /^(.+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential);
  if (expiryOf(query) < now()) throw new AwsError('AccessDenied', 'the presigned URL has expired; make a new one', 403);
  if (match?.[1] !== undefined && match[2] !== undefined && match[3] !== undefined)
    return { accessKeyId: match[1], region: match[2], service: match[3] };
  // Signature version 2 has no scope; only S3 still speaks it, for presigned URLs.
  const second = query.get('AWSAccessKeyId') ?? /^AWS ([^:\s]+):/.exec(headers.authorization ?? '')?.[1];
  return second === undefined || second === null
    ? undefined
    : { accessKeyId: second, region: 'us-east-1', service: 's3' };
}

/** Epoch milliseconds at which a presigned URL expires; infinite for other requests. */
function expiryOf(query: URLSearchParams): number {
  const date = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(query.get('X-Amz-Date') ?? '');
  const seconds = query.get('X-Amz-Expires');
  if (date !== null && seconds !== null) {
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = date.slice(1).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) + Number(seconds) * 1000;
  }
  return query.has('AWSAccessKeyId') && query.has('Expires') ? Number(query.get('Expires')) * 1000 : Infinity;
}
