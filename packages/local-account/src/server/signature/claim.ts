import type { Exchange } from '../exchange';
import { SignatureRefusal } from './refusal';

/** What a request says about its own signature. Nothing of it is verified. */
export interface Claim {
  /** Where the signature is: in the Authorization header, or in the query of a presigned URL. */
  readonly place: 'header' | 'query';
  /** 2: S3's old presigned URLs, which boto3 still makes for us-east-1. */
  readonly version: 2 | 4;
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name, e.g. s3. */
  readonly service: string;
  /** YYYYMMDD of the credential scope. */
  readonly day: string;
  /** YYYYMMDDTHHMMSSZ. */
  readonly stamp: string;
  /** When it was signed, in epoch milliseconds of the client's clock. For version 2: not known, 0. */
  readonly time: number;
  /** Lower case, in the order of the claim. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken?: string;
  /** Seconds for which a presigned URL is valid; for version 2 the epoch seconds at which it ends. */
  readonly expires?: number;
}

const algorithm = 'AWS4-HMAC-SHA256';
const week = 604_800;

/**
 * Reads the claim of a request; undefined for an unsigned one.
 *
 * @throws SignatureRefusal for one that is incomplete or malformed.
 */
export function claimOf(exchange: Pick<Exchange, 'headers' | 'query'>): Claim | undefined {
  const { headers, query } = exchange;
  const { authorization } = headers;
  if (authorization !== undefined && query.has('X-Amz-Algorithm'))
    throw new SignatureRefusal('unsupported', 'only one auth mechanism is allowed: the header or the query parameters');
  if (authorization?.startsWith('AWS4-') === true) return headerClaim(authorization, headers);
  if (authorization?.startsWith('AWS ') === true)
    throw new SignatureRefusal('unsupported', `the authorization mechanism is not supported; use ${algorithm}`);
  if (query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature') || query.has('X-Amz-Credential'))
    return queryClaim(query);
  return query.has('AWSAccessKeyId') ? oldClaim(query) : undefined;
}

function headerClaim(header: string, headers: Exchange['headers']): Claim {
  const space = header.indexOf(' ');
  if (header.slice(0, space) !== algorithm)
    throw new SignatureRefusal('unsupported', `the algorithm '${header.slice(0, space)}' is not ${algorithm}`);
  const members = new Map(
    header
      .slice(space + 1)
      .split(',')
      .map((each) => each.trim())
      .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  );
  for (const name of ['Credential', 'SignedHeaders', 'Signature'])
    if ((members.get(name) ?? '') === '')
      throw new SignatureRefusal('incomplete', `Authorization header requires '${name}' parameter`);
  const stamp = headers['x-amz-date'] ?? stampOf(headers.date);
  if (stamp === undefined)
    throw new SignatureRefusal(
      'incomplete',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header",
    );
  return claim('header', {
    credential: members.get('Credential') ?? '',
    signedHeaders: members.get('SignedHeaders') ?? '',
    signature: members.get('Signature') ?? '',
    stamp,
    token: headers['x-amz-security-token'],
  });
}

function queryClaim(query: URLSearchParams): Claim {
  for (const name of ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'])
    if ((query.get(`X-Amz-${name}`) ?? '') === '')
      throw new SignatureRefusal('incomplete', `a presigned URL requires the query parameter X-Amz-${name}`);
  if (query.get('X-Amz-Algorithm') !== algorithm)
    throw new SignatureRefusal('unsupported', `X-Amz-Algorithm only supports "${algorithm}"`);
  for (const name of query.keys())
    if (name.startsWith('X-Amz-') && query.getAll(name).length > 1)
      throw new SignatureRefusal('incomplete', `the query parameter ${name} is given more than once`);
  const expires = query.get('X-Amz-Expires') ?? '';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > week)
    throw new SignatureRefusal('incomplete', `X-Amz-Expires must be a number of seconds from 0 to ${week}`);
  return {
    ...claim('query', {
      credential: query.get('X-Amz-Credential') ?? '',
      signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
      signature: query.get('X-Amz-Signature') ?? '',
      stamp: query.get('X-Amz-Date') ?? '',
      token: query.get('X-Amz-Security-Token') ?? undefined,
    }),
    expires: Number(expires),
  };
}

/** Signature version 2 has no scope. */
function oldClaim(query: URLSearchParams): Claim {
  const expires = query.get('Expires') ?? '';
  const signature = query.get('Signature') ?? '';
  if (!/^\d{1,12}$/.test(expires) || signature === '')
    throw new SignatureRefusal(
      'unsigned',
      'query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    );
  const token = query.get('x-amz-security-token') ?? undefined;
  return {
    place: 'query',
    version: 2,
    accessKeyId: query.get('AWSAccessKeyId') ?? '',
    region: 'us-east-1',
    service: 's3',
    day: '',
    stamp: '',
    time: 0,
    signedHeaders: [],
    signature,
    expires: Number(expires),
    ...(token === undefined ? {} : { sessionToken: token }),
  };
}

interface Raw {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly stamp: string;
  readonly token: string | undefined;
}

function claim(place: Claim['place'], { credential, signedHeaders, signature, stamp, token }: Raw): Claim {
  const [, accessKeyId = '', day = '', region = '', service = ''] =
    /^([^/\s]{1,128})\/(\d{8})\/([^/\s]+)\/([^/\s]+)\/aws4_request$/.exec(credential) ?? [];
  if (service === '')
    throw new SignatureRefusal(
      'incomplete',
      `the credential '${credential.slice(0, 200)}' is malformed; expecting "<access key id>/YYYYMMDD/REGION/SERVICE/aws4_request"`,
    );
  const time = timeOf(stamp);
  if (time === undefined)
    throw new SignatureRefusal('incomplete', `the date '${stamp.slice(0, 40)}' is not in the form YYYYMMDDTHHMMSSZ`);
  if (!stamp.startsWith(day))
    throw new SignatureRefusal('mismatch', `the date in the credential scope, ${day}, is not the date of ${stamp}`);
  return {
    place,
    version: 4,
    accessKeyId,
    region,
    service,
    day,
    stamp,
    time,
    signedHeaders: signedHeaders.toLowerCase().split(';'),
    signature,
    ...(token === undefined ? {} : { sessionToken: token }),
  };
}

function timeOf(stamp: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** A Date header as a stamp. */
function stampOf(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  if (Number.isNaN(time)) return undefined;
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
