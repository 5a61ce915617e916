import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../../../core/errors';
import type { FileObjectStore } from '../runtime/file-object-store';
import type { CommitOptions } from '../runtime/preconditions';
import type { Version } from '../runtime/records';
import { objectHeadersOf, quoted, type S3Reply, type S3Request, unquoted, uploadOf } from './request';

export async function putObject(store: FileObjectStore, request: S3Request): Promise<S3Reply> {
  const { source, expected } = uploadOf(request);
  store.buckets.get(request.bucket);
  const version = await store.putStream(request.bucket, request.key, source, expected, {
    ...objectHeadersOf(request.exchange.headers),
    ...writeConditions(request),
  });
  return { headers: { etag: quoted(version.etag), ...versionHeader(version), ...version.checksums } };
}

/** If-None-Match: * and If-Match of a write. */
export function writeConditions({ exchange }: S3Request): Pick<CommitOptions, 'onlyIfAbsent' | 'onlyIfMatch'> {
  const { headers } = exchange;
  const none = headers['if-none-match'];
  if (none !== undefined && none.trim() !== '*')
    throw new AwsError('NotImplemented', "a write supports If-None-Match only with the value '*'", 501);
  return {
    ...(none === undefined ? {} : { onlyIfAbsent: true }),
    ...(headers['if-match'] === undefined ? {} : { onlyIfMatch: unquoted(headers['if-match']) }),
  };
}

export function copySource(value: string): {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
} {
  const [path = '', query] = value.split('?');
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path));
  if (match?.[1] === undefined || match[2] === undefined)
    throw new AwsError('InvalidArgument', `'${value}' is no copy source; expected bucket/key`);
  const versionId = new URLSearchParams(query ?? '').get('versionId');
  return { bucket: match[1], key: match[2], ...(versionId === null ? {} : { versionId }) };
}

export async function copyObject(store: FileObjectStore, request: S3Request): Promise<S3Reply> {
  const { headers } = request.exchange;
  const source = copySource(headers['x-amz-copy-source'] ?? '');
  const from = store.readable(source.bucket, source.key, store.existing(source.bucket, source.key, source.versionId));
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  if (!replaces && source.bucket === request.bucket && source.key === request.key && source.versionId === undefined) {
    throw new AwsError(
      'InvalidRequest',
      'this copy request is illegal because it copies an object to itself without changing its metadata',
    );
  }
  store.buckets.get(request.bucket);
  const given = objectHeadersOf(headers);
  const described = replaces
    ? given
    : { contentType: from.contentType, metadata: from.metadata, headers: from.headers };
  const tags = headers['x-amz-tagging-directive'] === 'REPLACE' ? given.tags : from.tags;
  const copied = await store.files.copyIn(store.files.path(from.file));
  const version = store.commit(
    request.bucket,
    request.key,
    { ...copied, etag: from.etag, checksums: from.checksums },
    { ...described, tags, reason: 'CopyObject', ...writeConditions(request) },
  );
  return {
    headers: versionHeader(version),
    xml: ['CopyObjectResult', { LastModified: new Date(version.modified), ETag: quoted(version.etag) }],
  };
}

/** GET and HEAD of an object, with ranges and conditions; writes the response itself. */
export async function getObject(store: FileObjectStore, request: S3Request): Promise<void> {
  const { exchange, bucket, key } = request;
  const version = store.existing(bucket, key, exchange.query.get('versionId') ?? undefined);
  if (version.size > 0) store.readable(bucket, key, version);
  const { response, headers } = exchange;
  if (isUnchanged(version, headers)) {
    response
      .writeHead(304, { etag: quoted(version.etag), 'last-modified': new Date(version.modified).toUTCString() })
      .end();
    return;
  }
  const range = rangeOf(headers.range, version.size);
  const [first, last] = range ?? [0, version.size - 1];
  response.writeHead(range === undefined ? 200 : 206, {
    ...describe(version),
    ...overrides(exchange.query),
    ...(range === undefined && headers['x-amz-checksum-mode'] === 'ENABLED' ? version.checksums : {}),
    'content-length': String(last - first + 1),
    ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${version.size}` }),
  });
  if (exchange.method === 'HEAD' || version.size === 0) response.end();
  else
    await pipeline(createReadStream(store.files.path(version.file), { start: first, end: last }), response).catch(() =>
      response.destroy(),
    );
}

export function getObjectAttributes(store: FileObjectStore, request: S3Request): S3Reply {
  const version = store.existing(request.bucket, request.key, request.exchange.query.get('versionId') ?? undefined);
  return {
    headers: { 'last-modified': new Date(version.modified).toUTCString(), ...versionHeader(version) },
    xml: ['GetObjectAttributesResponse', { ETag: version.etag, ObjectSize: version.size, StorageClass: 'STANDARD' }],
  };
}

export function versionHeader(version: Version): Record<string, string> {
  return version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId };
}

function describe(version: Version): Record<string, string> {
  return {
    etag: quoted(version.etag),
    'last-modified': new Date(version.modified).toUTCString(),
    'content-type': version.contentType,
    'accept-ranges': 'bytes',
    ...version.headers,
    ...versionHeader(version),
    ...Object.fromEntries(Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    ...(version.tags === undefined ? {} : { 'x-amz-tagging-count': String(Object.keys(version.tags).length) }),
  };
}

/** response-content-type and the like of presigned URLs. */
function overrides(query: URLSearchParams): Record<string, string> {
  const names = [
    'content-type',
    'content-disposition',
    'content-encoding',
    'content-language',
    'cache-control',
    'expires',
  ];
  return Object.fromEntries(
    names.flatMap((name) =>
      query.has(`response-${name}`) ? [[name, (query.get(`response-${name}`) ?? '').replace(/[\r\n]/g, ' ')]] : [],
    ),
  );
}

/** @throws AwsError 412. True stands for 304 Not Modified. */
function isUnchanged(version: Version, headers: Readonly<Record<string, string>>): boolean {
  const matches = (list: string): boolean =>
    list.split(',').some((each) => each.trim() === '*' || unquoted(each) === version.etag);
  const modified = Math.floor(Date.parse(version.modified) / 1000) * 1000;
  const failed = new AwsError(
    'PreconditionFailed',
    'at least one of the pre-conditions you specified did not hold',
    412,
  );
  if (headers['if-match'] !== undefined) {
    if (!matches(headers['if-match'])) throw failed;
  } else if (headers['if-unmodified-since'] !== undefined && modified > Date.parse(headers['if-unmodified-since']))
    throw failed;
  if (headers['if-none-match'] !== undefined) return matches(headers['if-none-match']);
  return headers['if-modified-since'] !== undefined && modified <= Date.parse(headers['if-modified-since']);
}

/** First and last byte, inclusive. A malformed range is ignored, as HTTP asks. */
export function rangeOf(header: string | undefined, size: number): readonly [number, number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const suffix = match[1] === '';
  const first = suffix ? Math.max(size - Number(match[2]), 0) : Number(match[1]);
  const last = suffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (first >= size || first > last)
    throw new AwsError('InvalidRange', 'the requested range is not satisfiable', 416, {
      ActualObjectSize: size,
      RangeRequested: header,
    });
  return [first, last];
}
