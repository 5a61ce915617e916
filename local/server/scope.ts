import type { Exchange } from './exchange';

/** Credential scope of a SigV4 request: who signed it, and for which service. Signatures are not verified. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name, e.g. s3. */
  readonly service: string;
}

/** From the Authorization header, or from the query of a presigned URL; undefined for an unsigned request. */
export function scopeOf(exchange: Pick<Exchange, 'headers' | 'query'>): Scope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(exchange.headers.authorization ?? '')?.[1] ??
    exchange.query.get('X-Amz-Credential') ??
    undefined;
  const match = /^(.+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential ?? '');
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return undefined;
  return { accessKeyId: match[1], region: match[2], service: match[3] };
}
