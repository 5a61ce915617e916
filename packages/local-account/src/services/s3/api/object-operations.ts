import { AwsError } from '../../../core/errors';
import { bodies, body, optionalText, text } from '../../../core/input';
import { readBody } from '../../../server/exchange';
import { parseXml } from './multipart';
import { copyObject, copySource, getObject, getObjectAttributes, putObject } from './objects';
import { otherSubResources, type S3Operation, type S3Parts } from './operation';
import type { S3Reply, S3Request } from './request';
import { getSetting } from './settings';
import { partition } from '../../../core/partition';

/** The operation on an object that a request asks for; undefined when the account has none. */
export function objectOperation(parts: S3Parts, request: S3Request): S3Operation | undefined {
  const { method, query, headers } = request.exchange;
  const { store, multipart } = parts;
  const suffix = query.has('versionId') ? 'Version' : '';
  if (query.has('uploadId')) return uploadOperation(parts, request);
  if (method === 'POST' && query.has('uploads'))
    return on(parts, request, 'CreateMultipartUpload', 'PutObject', () => multipart.create(request));
  if (query.has('tagging')) return taggingOperation(parts, request);
  if (query.has('attributes') && method === 'GET')
    return on(parts, request, 'GetObjectAttributes', `GetObject${suffix}`, () => getObjectAttributes(store, request));
  if (query.has('acl') && method === 'GET')
    return on(parts, request, 'GetObjectAcl', `GetObject${suffix}Acl`, () => getObjectAcl(parts, request));
  if (query.has('acl') || otherSubResources.some((name) => query.has(name))) return undefined;
  const get = (): Promise<void> => unlessSecret(parts, request, () => getObject(store, request));
  if (method === 'GET') return on(parts, request, 'GetObject', `GetObject${suffix}`, get);
  if (method === 'HEAD') return on(parts, request, 'HeadObject', `GetObject${suffix}`, get);
  if (method === 'DELETE')
    return on(parts, request, 'DeleteObject', `DeleteObject${suffix}`, () => deleteObject(parts, request));
  if (method !== 'PUT') return undefined;
  if (headers['x-amz-copy-source'] !== undefined)
    return copying(parts, request, 'CopyObject', () => copyObject(store, request));
  return on(parts, request, 'PutObject', 'PutObject', () => putObject(store, request));
}

function on(
  { store }: S3Parts,
  { bucket, key }: S3Request,
  name: string,
  action: string,
  run: S3Operation['run'],
): S3Operation {
  return { name, permissions: store.permissions(`s3:${action}`, bucket, key), run };
}

/** Only callers who may list a key learn whether it exists; others are refused, as by S3. */
async function unlessSecret(
  { authorize }: S3Parts,
  { bucket, key }: S3Request,
  read: () => Promise<void>,
): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchKey')
      authorize([
        { action: 's3:ListBucket', resource: `arn:${partition}:s3:::${bucket}`, context: { 's3:prefix': key } },
      ]);
    throw error;
  }
}

function copying(
  { store }: S3Parts,
  { bucket, key, exchange }: S3Request,
  name: string,
  run: S3Operation['run'],
): S3Operation {
  const source = copySource(exchange.headers['x-amz-copy-source'] ?? '');
  return {
    name,
    permissions: [
      ...store.permissions('s3:GetObject', source.bucket, source.key),
      ...store.permissions('s3:PutObject', bucket, key),
    ],
    run,
  };
}

function uploadOperation(parts: S3Parts, request: S3Request): S3Operation | undefined {
  const { multipart } = parts;
  const { method, headers } = request.exchange;
  if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined)
    return copying(parts, request, 'UploadPartCopy', () => multipart.putPart(request));
  if (method === 'PUT') return on(parts, request, 'UploadPart', 'PutObject', () => multipart.putPart(request));
  if (method === 'POST')
    return on(parts, request, 'CompleteMultipartUpload', 'PutObject', () => multipart.complete(request));
  if (method === 'DELETE')
    return on(parts, request, 'AbortMultipartUpload', 'AbortMultipartUpload', () => multipart.abort(request));
  return method === 'GET'
    ? on(parts, request, 'ListParts', 'ListMultipartUploadParts', () => multipart.listParts(request))
    : undefined;
}

function taggingOperation(parts: S3Parts, request: S3Request): S3Operation | undefined {
  const { store } = parts;
  const { bucket, key, exchange } = request;
  const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[exchange.method];
  if (verb === undefined) return undefined;
  return on(parts, request, `${verb}ObjectTagging`, `${verb}ObjectTagging`, async () => {
    const version = store.existing(bucket, key, exchange.query.get('versionId') ?? undefined);
    if (verb === 'Get')
      return {
        xml: [
          'Tagging',
          { TagSet: { Tag: Object.entries(version.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) } },
        ],
      };
    const tags = verb === 'Delete' ? {} : await tagsOf(request);
    store.amend(bucket, key, { ...version, tags });
    return verb === 'Delete' ? { status: 204 } : {};
  });
}

async function tagsOf({ exchange }: S3Request): Promise<Readonly<Record<string, string>>> {
  const tagging = parseXml(await readBody(exchange, 64 * 1024), ['Tag'], 'Tagging');
  return Object.fromEntries(
    bodies(body(tagging, 'TagSet'), 'Tag').map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? '']),
  );
}

function getObjectAcl({ store }: S3Parts, { bucket, key }: S3Request): S3Reply {
  store.existing(bucket, key);
  return getSetting(store.buckets.get(bucket), 'acl');
}

function deleteObject({ store }: S3Parts, { bucket, key, exchange }: S3Request): S3Reply {
  const { versionId, deleteMarker } = store.deleteVersion(bucket, key, exchange.query.get('versionId') ?? undefined);
  const headers = {
    ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }),
    ...(deleteMarker === true ? { 'x-amz-delete-marker': 'true' } : {}),
  };
  return { status: 204, headers };
}
