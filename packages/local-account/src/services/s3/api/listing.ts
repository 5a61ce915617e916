import { AwsError } from '../../../core/errors';
import type { FileObjectStore } from '../runtime/file-object-store';
import { compareKeys } from '../runtime/key-index';
import type { Version } from '../runtime/records';
import { queryNumber, quoted, type S3Reply, type S3Request } from './request';

interface Page<T> {
  readonly items: readonly T[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  /** Key or common prefix the page ends with. */
  readonly last: string | undefined;
}

/** Walks keys in order and folds those that share a part up to the delimiter into common prefixes. */
function pageOf(
  keys: readonly string[],
  prefix: string,
  delimiter: string,
  after: string,
  limit: number,
): Page<string> {
  const items: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const key of keys) {
    if (after !== '' && compareKeys(key, after) <= 0) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (common !== undefined && (common === after || prefixes.at(-1) === common)) continue;
    if (items.length + prefixes.length >= limit) return { items, prefixes, truncated: limit > 0, last };
    if (common === undefined) items.push(key);
    else prefixes.push(common);
    last = common ?? key;
  }
  return { items, prefixes, truncated: false, last };
}

/** Everything the three listings share. */
function parameters({ exchange }: S3Request): {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly encode: (key: string) => string;
  readonly encoding: string | undefined;
} {
  const { query } = exchange;
  const encoding = query.get('encoding-type') ?? undefined;
  if (encoding !== undefined && encoding !== 'url')
    throw new AwsError('InvalidArgument', `invalid encoding type '${encoding}'; allowed: url`);
  const encode = (key: string): string =>
    encoding === undefined ? key : encodeURIComponent(key).replaceAll('%2F', '/');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    limit: Math.min(queryNumber(query, 'max-keys', 1000, 0, 999_999_999), 1000),
    encode,
    encoding,
  };
}

const owner = { ID: 'local', DisplayName: 'local' };

export function listObjectsV2(store: FileObjectStore, request: S3Request): S3Reply {
  const { query } = request.exchange;
  const { prefix, delimiter, limit, encode, encoding } = parameters(request);
  const token = query.get('continuation-token') ?? undefined;
  if (token === '') throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
  const after =
    token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const page = pageOf(liveKeys(store, request.bucket, prefix), prefix, delimiter, after, limit);
  const contents = page.items.map((key) =>
    entry(store, request.bucket, key, encode, query.get('fetch-owner') === 'true'),
  );
  return {
    xml: [
      'ListBucketResult',
      {
        Name: request.bucket,
        Prefix: encode(prefix),
        ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
        ...(query.has('start-after') ? { StartAfter: encode(query.get('start-after') ?? '') } : {}),
        ...(page.truncated ? { NextContinuationToken: Buffer.from(page.last ?? '').toString('base64url') } : {}),
        KeyCount: page.items.length + page.prefixes.length,
        MaxKeys: limit,
        EncodingType: encoding,
        IsTruncated: page.truncated,
        Contents: contents,
        CommonPrefixes: page.prefixes.map((each) => ({ Prefix: encode(each) })),
      },
    ],
  };
}

export function listObjects(store: FileObjectStore, request: S3Request): S3Reply {
  const { prefix, delimiter, limit, encode, encoding } = parameters(request);
  const marker = request.exchange.query.get('marker') ?? '';
  const page = pageOf(liveKeys(store, request.bucket, prefix), prefix, delimiter, marker, limit);
  return {
    xml: [
      'ListBucketResult',
      {
        Name: request.bucket,
        Prefix: encode(prefix),
        Marker: encode(marker),
        ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
        ...(page.truncated ? { NextMarker: encode(page.last ?? '') } : {}),
        MaxKeys: limit,
        EncodingType: encoding,
        IsTruncated: page.truncated,
        Contents: page.items.map((key) => entry(store, request.bucket, key, encode, true)),
        CommonPrefixes: page.prefixes.map((each) => ({ Prefix: encode(each) })),
      },
    ],
  };
}

export function listObjectVersions(store: FileObjectStore, request: S3Request): S3Reply {
  const { prefix, delimiter, limit, encode, encoding } = parameters(request);
  const marker = request.exchange.query.get('key-marker') ?? '';
  const page = pageOf(store.keys(request.bucket, prefix), prefix, delimiter, marker, limit);
  const rows = page.items.flatMap((key) =>
    store.versions(request.bucket, key).map((version, index) => ({ key, version, latest: index === 0 })),
  );
  const row = ({
    key,
    version,
    latest,
  }: {
    key: string;
    version: Version;
    latest: boolean;
  }): Readonly<Record<string, unknown>> => ({
    Key: encode(key),
    VersionId: version.versionId,
    IsLatest: latest,
    LastModified: new Date(version.modified),
    ...(version.deleteMarker === true
      ? {}
      : { ETag: quoted(version.etag), Size: version.size, StorageClass: 'STANDARD' }),
    Owner: owner,
  });
  return {
    xml: [
      'ListVersionsResult',
      {
        Name: request.bucket,
        Prefix: encode(prefix),
        KeyMarker: encode(marker),
        VersionIdMarker: '',
        ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
        ...(page.truncated ? { NextKeyMarker: encode(page.last ?? '') } : {}),
        MaxKeys: limit,
        EncodingType: encoding,
        IsTruncated: page.truncated,
        Version: rows.filter(({ version }) => version.deleteMarker !== true).map(row),
        DeleteMarker: rows.filter(({ version }) => version.deleteMarker === true).map(row),
        CommonPrefixes: page.prefixes.map((each) => ({ Prefix: encode(each) })),
      },
    ],
  };
}

function liveKeys(store: FileObjectStore, bucket: string, prefix: string): readonly string[] {
  return store.keys(bucket, prefix).filter((key) => store.version(bucket, key) !== undefined);
}

function entry(
  store: FileObjectStore,
  bucket: string,
  key: string,
  encode: (key: string) => string,
  withOwner: boolean,
): Readonly<Record<string, unknown>> {
  const version = store.existing(bucket, key);
  return {
    Key: encode(key),
    LastModified: new Date(version.modified),
    ETag: quoted(version.etag),
    Size: version.size,
    StorageClass: 'STANDARD',
    ...(withOwner ? { Owner: owner } : {}),
  };
}
