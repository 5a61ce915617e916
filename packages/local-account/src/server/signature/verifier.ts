import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { getCanonicalHeaders, getSigningKey, SignatureV4 } from '@smithy/signature-v4';
import type { Principal } from '../../core/service';
import { Sha256 } from '../../core/sha256';
import { controlService } from '../../core/signed-fetch';
import type { Exchange } from '../exchange';
import type { Claim } from './claim';
import { oldSignature } from './old-signature';
import type { PayloadCheck } from './payload';
import { SignatureRefusal } from './refusal';

/** Who holds an access key. */
export interface KeyHolder {
  readonly principal: Principal;
  readonly secretAccessKey: string;
  /** Name of the role session. */
  readonly session?: string;
  /** When the session ends, in epoch milliseconds on the account's clock. */
  readonly expires?: number;
}

export interface VerifierParts {
  /** @param sessionToken as the request has it. @throws SignatureRefusal when nobody of this account holds the key with that token. */
  readonly holderOf: (accessKeyId: string, sessionToken: string | undefined) => KeyHolder;
  /** The account's clock, in epoch milliseconds. */
  readonly now: () => number;
  /** The clock of this machine, which clients sign with. */
  readonly machineNow: () => number;
  /** By how many milliseconds the account's clock was moved on since an instant of the machine's clock. */
  readonly movedSince: (machineTime: number) => number;
}

/** Signature verified: who calls, and what the payload has still to match. */
export interface Verified {
  readonly holder: KeyHolder;
  /** For services that stream (S3): applied while the payload is read. */
  readonly payload: PayloadCheck;
}

const minutes = 60_000;
/** What AWS tolerates between the date of a request and its own. */
const tolerance = { s3: 15 * minutes, others: 5 * minutes } as const;

/**
 * Verifies Signature Version 4 with the signer that the SDK signs with.
 *
 * Clients sign with the machine's clock, which does not move when the account's clock is moved on; so a date is good when
 * it fits either clock, and what is valid for a time (presigned URLs, sessions) ages by both.
 */
export class SignatureVerifier {
  constructor(private readonly parts: VerifierParts) {}

  /** Whether the claim may be right at all: the key is known, the session lives, the date fits. @throws SignatureRefusal. */
  check(exchange: Exchange, claim: Claim): KeyHolder {
    const holder = this.parts.holderOf(claim.accessKeyId, claim.sessionToken);
    if (holder.expires !== undefined && holder.expires <= this.parts.now())
      throw new SignatureRefusal('expired token', 'The security token included in the request is expired');
    if (claim.version === 2) this.checkEnd((claim.expires ?? 0) * 1000);
    else if (claim.place === 'query') this.checkAge(claim);
    else this.checkDate(claim);
    if (claim.version === 4) checkSignedHeaders(exchange, claim);
    return holder;
  }

  /**
   * Verifies the signature itself.
   *
   * @param body the whole payload; undefined for a service whose payload is verified while it is read.
   * @throws SignatureRefusal
   */
  async verify(exchange: Exchange, claim: Claim, holder: KeyHolder, body?: Buffer): Promise<Verified> {
    if (claim.version === 2) {
      const expected = oldSignature(exchange, claim, holder.secretAccessKey);
      if (!equal(expected, claim.signature)) throw mismatch();
      return { holder, payload: { kind: 'unsigned' } };
    }
    const hash = payloadHash(exchange, claim, body);
    const { accessKeyId, stamp, day, region, service } = claim;
    const credentials = { accessKeyId, secretAccessKey: holder.secretAccessKey };
    const key = await getSigningKey(Sha256, credentials, day, region, service);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const text = await canonicalizerOf(service).stringToSign(exchange, claim, hash, stamp, scope);
    const signature = createHmac('sha256', key).update(text).digest('hex');
    if (!equal(signature, claim.signature)) throw mismatch();
    return { holder, payload: payloadCheck(hash, { key, stamp, scope, signature }) };
  }

  private checkDate({ time, service }: Claim): void {
    const allowed = service === 's3' ? tolerance.s3 : tolerance.others;
    const off = Math.min(Math.abs(time - this.parts.machineNow()), Math.abs(time - this.parts.now()));
    if (off <= allowed) return;
    const now = new Date(this.parts.machineNow()).toISOString();
    throw new SignatureRefusal(
      'skewed',
      service === 's3'
        ? 'The difference between the request time and the current time is too large.'
        : `Signature expired: ${new Date(time).toISOString()} is more than ${allowed / minutes} min. from ${now}`,
    );
  }

  /** A date up to now is one of the machine's clock; a later one can only be of the account's clock, where that is ahead. */
  private checkAge({ time, expires = 0 }: Claim): void {
    const { machineNow, movedSince, now } = this.parts;
    const ahead = time > machineNow() + tolerance.s3;
    if (ahead && time > now() + tolerance.s3)
      throw new SignatureRefusal('expired URL', 'Request is not yet valid: its X-Amz-Date is in the future');
    // A date has whole seconds: what happened within its second may have been before it.
    const age = ahead ? now() - time : machineNow() - time + movedSince(time + 999);
    if (age > expires * 1000) throw new SignatureRefusal('expired URL', 'Request has expired; make a new URL');
  }

  private checkEnd(end: number): void {
    if (end < this.parts.machineNow()) throw new SignatureRefusal('expired URL', 'Request has expired; make a new URL');
  }
}

/** Headers that say what is asked for must be signed, or whoever sees a request could ask for something else with it. */
function checkSignedHeaders({ headers }: Exchange, { signedHeaders, place }: Claim): void {
  if (!signedHeaders.includes('host')) throw new SignatureRefusal('incomplete', "'Host' must be a signed header");
  const free = Object.keys(headers).filter(
    (name) =>
      name.startsWith('x-amz-') &&
      !signedHeaders.includes(name) &&
      !(place === 'query' && name === 'x-amz-content-sha256'),
  );
  if (free.length > 0)
    throw new SignatureRefusal(
      'headers not signed',
      `There were headers present in the request which were not signed: ${free.join(', ')}`,
    );
}

const unsignedPayload = 'UNSIGNED-PAYLOAD';

function payloadHash({ headers, query }: Exchange, { place, service }: Claim, body: Buffer | undefined): string {
  const given = headers['x-amz-content-sha256'];
  const inQuery = [...query].find(([name]) => name.toLowerCase() === 'x-amz-content-sha256')?.[1];
  if (body === undefined) {
    if (place === 'query') return inQuery ?? given ?? unsignedPayload;
    if (given === undefined)
      throw new SignatureRefusal('no payload hash', 'Missing required header for this request: x-amz-content-sha256');
    return given;
  }
  // A URL of the account's own is made before anybody knows the payload.
  if (place === 'query' && inQuery === unsignedPayload && service === controlService) return unsignedPayload;
  return createHash('sha256').update(body).digest('hex');
}

function payloadCheck(
  hash: string,
  seed: { key: Uint8Array; stamp: string; scope: string; signature: string },
): PayloadCheck {
  if (hash === unsignedPayload || hash === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return { kind: 'unsigned' };
  if (hash === 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD') return { kind: 'chunks', trailer: false, ...seed };
  if (hash === 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER') return { kind: 'chunks', trailer: true, ...seed };
  if (/^[0-9a-f]{64}$/.test(hash)) return { kind: 'hash', sha256: hash };
  throw new SignatureRefusal(
    'unsupported',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
  );
}

/** The SDK's own canonical form of a request, of what the client signed and nothing else. */
class Canonicalizer extends SignatureV4 {
  stringToSign(exchange: Exchange, claim: Claim, hash: string, stamp: string, scope: string): Promise<string> {
    const { method, path } = exchange;
    const query: Record<string, string | string[]> = {};
    for (const name of new Set(exchange.query.keys())) {
      const values = exchange.query.getAll(name);
      Object.defineProperty(query, name, { value: values.length === 1 ? values[0] : values, enumerable: true });
    }
    const headers = getCanonicalHeaders(
      { method, path, query, headers: signedValues(exchange, claim), protocol: 'http:', hostname: '' },
      undefined,
      new Set(claim.signedHeaders),
    );
    const canonical = this.createCanonicalRequest(
      { method, path, query, headers, protocol: 'http:', hostname: '' },
      headers,
      hash,
    );
    return this.createStringToSign(stamp, scope, canonical, 'AWS4-HMAC-SHA256');
  }
}

const none = { accessKeyId: '', secretAccessKey: '' };
const canonicalizers = {
  /** S3 signs the path as it is sent; all others escape it once more. */
  s3: new Canonicalizer({ credentials: none, region: '', service: 's3', sha256: Sha256, uriEscapePath: false }),
  others: new Canonicalizer({ credentials: none, region: '', service: '', sha256: Sha256 }),
};
const canonicalizerOf = (service: string): Canonicalizer =>
  service === 's3' ? canonicalizers.s3 : canonicalizers.others;

/** Values as they were sent; one that was sent several times is joined as AWS joins it. */
function signedValues({ request }: Exchange, { signedHeaders }: Claim): Record<string, string> {
  const values: Record<string, string[]> = Object.fromEntries(signedHeaders.map((name) => [name, []]));
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    values[rawHeaders[at]?.toLowerCase() ?? '']?.push(rawHeaders[at + 1]?.trim() ?? '');
  return Object.fromEntries(signedHeaders.map((name) => [name, (values[name] ?? []).join(',')]));
}

const mismatch = (): SignatureRefusal =>
  new SignatureRefusal(
    'mismatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method; `mooring env` prints the keys of the local account',
  );

function equal(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
