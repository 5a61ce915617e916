import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Exchange } from '../../../server/exchange';

/** What a Signature Version 4 header says. */
interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Milliseconds between the request's date and now that AWS tolerates. */
const tolerance = 5 * 60_000;
/** Secret of every key of the account. */
const secret = 'local';

/**
 * Checks the signature of a request for an API (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * Here strangers knock, so this is the one place of the account where signatures are verified and not only read.
 *
 * @param now of the account's clock; real time counts as well, because clients sign with it.
 * @returns the access key, or why the signature does not hold.
 */
export function verifySignature(
  exchange: Exchange,
  body: Buffer,
  now: Date,
): { readonly accessKeyId: string } | { readonly refused: string } {
  const claim = claimOf(exchange.headers.authorization);
  if (claim === undefined) return { refused: 'the request is not signed with Signature Version 4' };
  if (claim.service !== 'execute-api') return { refused: `it is signed for '${claim.service}', not for execute-api` };
  if (!claim.signedHeaders.includes('host')) return { refused: 'the host is not signed' };
  const stamp = exchange.headers['x-amz-date'] ?? '';
  const at = timeOf(stamp);
  if (at === undefined || !stamp.startsWith(claim.date)) return { refused: 'x-amz-date is missing or not a date' };
  if (Math.abs(at - now.getTime()) > tolerance && Math.abs(at - Date.now()) > tolerance)
    return { refused: 'the signature has expired' };
  const hash = sha256(body);
  if ((exchange.headers['x-amz-content-sha256'] ?? hash) !== hash)
    return { refused: 'x-amz-content-sha256 is not the hash of the body' };
  const expected = signatureOf(canonicalRequest(exchange, claim, hash), claim, stamp);
  return timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))
    ? { accessKeyId: claim.accessKeyId }
    : { refused: 'the signature is wrong' };
}

function canonicalRequest(exchange: Exchange, { signedHeaders }: Claim, hash: string): string {
  const query = [...exchange.query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join('&');
  const headers = signedHeaders.map((name) => `${name}:${(exchange.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  // All services but S3 escape the path that is sent once more.
  const path = exchange.path.split('/').map(encode).join('/');
  return [exchange.method, path, query, headers.join(''), signedHeaders.join(';'), hash].join('\n');
}

function signatureOf(canonical: string, { date, region, service }: Claim, stamp: string): string {
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer>(
    (made, part) => hmac(made, part),
    Buffer.from(`AWS4${secret}`),
  );
  return hmac(key, text).toString('hex');
}

function claimOf(header: string | undefined): Claim | undefined {
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^/\s,]+)\/(\d{8})\/([^/\s,]+)\/([^/\s,]+)\/aws4_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      header ?? '',
    );
  if (match === null) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

function timeOf(stamp: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return second === undefined || Number.isNaN(time) ? undefined : time;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986, as AWS wants it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}
