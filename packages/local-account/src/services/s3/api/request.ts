import { AwsError, validation } from '../../../core/errors';
import type { Call } from '../../../core/service';
import { contentOf, type Exchange } from '../../../server/exchange';
import { escapeXml, xmlMembers } from '../../../server/xml';
import { type AwsChunkedStream, isAwsChunked } from '../../../server/aws-chunked';
import { s3Bucket } from '../../../server/virtual-hosts';
import type { Expected } from '../runtime/content-files';
import type { ObjectHeaders } from '../runtime/records';

/** An S3 request taken apart. */
export interface S3Request {
  readonly exchange: Exchange;
  readonly call: Call;
  /** Empty for requests on the account itself. */
  readonly bucket: string;
  /** Empty for requests on a bucket. */
  readonly key: string;
}

export interface S3Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Root element and members of an XML answer; lists repeat their element. */
  readonly xml?: readonly [root: string, members: Readonly<Record<string, unknown>>];
  readonly text?: string;
}

const storedHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
  'x-amz-storage-class',
];
const checksumNames = ['x-amz-checksum-crc32', 'x-amz-checksum-sha1', 'x-amz-checksum-sha256'];

/** Bucket and key from the path (`/bucket/key`) or from a host such as bucket.localhost. */
export function s3RequestOf(exchange: Exchange, call: Call): S3Request {
  let path: string;
  try {
    path = decodeURIComponent(exchange.path);
  } catch {
    throw new AwsError('InvalidURI', 'could not parse the specified URI: it is not validly percent-encoded');
  }
  const virtual = s3Bucket(exchange.headers.host);
  if (virtual !== undefined) return { exchange, call, bucket: virtual, key: path.slice(1) };
  const slash = path.indexOf('/', 1);
  return {
    exchange,
    call,
    bucket: slash < 0 ? path.slice(1) : path.slice(1, slash),
    key: slash < 0 ? '' : path.slice(slash + 1),
  };
}

export function objectHeadersOf(headers: Readonly<Record<string, string>>): ObjectHeaders {
  const metadata = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), value]] : [],
    ),
  );
  if (Object.entries(metadata).reduce((size, [name, value]) => size + name.length + value.length, 0) > 2048)
    throw new AwsError('MetadataTooLarge', 'user metadata may have 2048 bytes at most');
  const kept = Object.fromEntries(
    storedHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  const encoding = kept['content-encoding']
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked' && each !== '')
    .join(',');
  delete kept['content-encoding'];
  return {
    contentType: headers['content-type'],
    metadata,
    headers: encoding === undefined || encoding === '' ? kept : { ...kept, 'content-encoding': encoding },
    ...(headers['x-amz-tagging'] === undefined
      ? {}
      : { tags: Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'])) }),
  };
}

/** The content of a PUT and the digests it has to have. */
export function uploadOf({ exchange }: S3Request): {
  readonly source: AwsChunkedStream | ReturnType<typeof contentOf>;
  readonly expected: Expected;
} {
  const { headers } = exchange;
  const source = contentOf(exchange);
  const framed = isAwsChunked(headers);
  const trailers = (): Readonly<Record<string, string>> =>
    framed && 'trailers' in source ? (source.trailers as Record<string, string>) : {};
  const announced = Object.fromEntries(
    checksumNames.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  const decoded = headers['x-amz-decoded-content-length'] ?? (framed ? undefined : headers['content-length']);
  return {
    source,
    expected: {
      md5: headers['content-md5'],
      ...(decoded === undefined ? {} : { length: Number(decoded) }),
      checksums: () => ({
        ...announced,
        ...Object.fromEntries(Object.entries(trailers()).filter(([name]) => checksumNames.includes(name))),
      }),
      algorithms: [
        ...Object.keys(announced),
        ...(headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim()),
      ],
    },
  };
}

export function xmlDocument([root, members]: readonly [string, Readonly<Record<string, unknown>>]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${xmlMembers(members, 'flattened')}</${root}>`;
}

export function errorDocument(error: AwsError, exchange: Exchange): string {
  const detail = xmlMembers(error.detail, 'flattened');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>${detail}<Resource>${escapeXml(exchange.path)}</Resource><RequestId>${exchange.requestId}</RequestId><HostId>local</HostId></Error>`;
}

/** A whole number from the query within bounds. */
export function queryNumber(query: URLSearchParams, name: string, absent: number, low: number, high: number): number {
  const given = query.get(name);
  if (given === null || given === '') return absent;
  if (!/^\d{1,9}$/.test(given) || Number(given) < low || Number(given) > high)
    throw validation(`'${name}' must be a whole number from ${low} to ${high}, not '${given}'`);
  return Number(given);
}

export const quoted = (etag: string): string => `"${etag}"`;
export const unquoted = (etag: string): string =>
  etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
