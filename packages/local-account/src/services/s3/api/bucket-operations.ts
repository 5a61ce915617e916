import { AwsError } from '../../../core/errors';
import { bodies, optionalText, text } from '../../../core/input';
import type { Permission } from '../../../core/service';
import { readBody } from '../../../server/exchange';
import { listObjects, listObjectsV2, listObjectVersions } from './listing';
import { parseXml } from './multipart';
import { otherSubResources, type S3Operation, type S3Parts } from './operation';
import type { S3Reply, S3Request } from './request';
import { deleteSetting, getSetting, putSetting, settings } from './settings';
import { partition } from '../../../core/partition';

/** Settings that are properties of the bucket and not kept as XML: operation and IAM action without the verb. */
const ownSettings: Readonly<Record<string, readonly [operation: string, action: string]>> = {
  versioning: ['BucketVersioning', 'BucketVersioning'],
  notification: ['BucketNotificationConfiguration', 'BucketNotification'],
  location: ['BucketLocation', 'BucketLocation'],
  policy: ['BucketPolicy', 'BucketPolicy'],
};
const subResources = [...Object.keys(settings), ...Object.keys(ownSettings), ...otherSubResources];

/** The operation on a bucket that a request asks for; undefined when the account has none. */
export function bucketOperation(parts: S3Parts, request: S3Request): S3Operation | undefined {
  const { method, query } = request.exchange;
  const { store } = parts;
  if (method === 'POST' && query.has('delete'))
    return { name: 'DeleteObjects', permissions: [], run: () => deleteObjects(parts, request) };
  if (method === 'GET' && query.has('uploads'))
    return on(parts, request, 'ListMultipartUploads', 'ListBucketMultipartUploads', () =>
      parts.multipart.listUploads(request),
    );
  if (method === 'GET' && query.has('versions'))
    return on(parts, request, 'ListObjectVersions', 'ListBucketVersions', () => listObjectVersions(store, request));
  const sub = subResources.find((name) => query.has(name));
  if (sub !== undefined) return settingOperation(parts, request, sub);
  if (method === 'GET' && query.get('list-type') === '2')
    return on(parts, request, 'ListObjectsV2', 'ListBucket', () => listObjectsV2(store, request));
  if (method === 'GET') return on(parts, request, 'ListObjects', 'ListBucket', () => listObjects(store, request));
  if (method === 'HEAD') return on(parts, request, 'HeadBucket', 'ListBucket', () => headBucket(parts, request));
  if (method === 'PUT') return on(parts, request, 'CreateBucket', 'CreateBucket', () => createBucket(parts, request));
  if (method !== 'DELETE') return undefined;
  return on(parts, request, 'DeleteBucket', 'DeleteBucket', () => {
    store.deleteBucket(request.bucket);
    return { status: 204 };
  });
}

/** Permission on the bucket itself; listings can be narrowed by condition keys. */
function bucketPermission({ store }: S3Parts, { bucket, exchange }: S3Request, action: string): Permission {
  const policy = store.hasBucket(bucket) ? store.buckets.get(bucket).policy : undefined;
  const listing = action.startsWith('List')
    ? {
        context: {
          's3:prefix': exchange.query.get('prefix') ?? '',
          's3:delimiter': exchange.query.get('delimiter') ?? '',
        },
      }
    : {};
  return {
    action: `s3:${action}`,
    resource: `arn:${partition}:s3:::${bucket}`,
    ...listing,
    ...(policy === undefined ? {} : { resourcePolicy: policy }),
  };
}

function on(parts: S3Parts, request: S3Request, name: string, action: string, run: S3Operation['run']): S3Operation {
  return { name, permissions: [bucketPermission(parts, request, action)], run };
}

function settingOperation(parts: S3Parts, request: S3Request, name: string): S3Operation | undefined {
  const [operation, action] =
    ownSettings[name] ?? (settings[name] === undefined ? [] : [settings[name].operation, settings[name].action]);
  if (operation === undefined || action === undefined) return undefined;
  const { store } = parts;
  const { method } = request.exchange;
  if (method === 'GET')
    return on(parts, request, `Get${operation}`, `Get${action}`, () =>
      getSetting(store.buckets.get(request.bucket), name),
    );
  if (method === 'PUT')
    return on(parts, request, `Put${operation}`, `Put${action}`, () => putSetting(store, request, name));
  if (method !== 'DELETE' || (name in ownSettings && name !== 'policy')) return undefined;
  return on(parts, request, `Delete${operation}`, `${name === 'policy' ? 'Delete' : 'Put'}${action}`, () =>
    deleteSetting(store, store.buckets.get(request.bucket), name),
  );
}

function headBucket({ store }: S3Parts, { bucket }: S3Request): S3Reply {
  store.buckets.get(bucket);
  return { headers: { 'x-amz-bucket-region': 'us-east-1', 'x-amz-access-point-alias': 'false' } };
}

async function createBucket({ store }: S3Parts, { bucket, exchange }: S3Request): Promise<S3Reply> {
  await readBody(exchange, 64 * 1024);
  store.buckets.create(bucket);
  return { headers: { location: `/${bucket}` } };
}

async function deleteObjects({ store, authorize }: S3Parts, request: S3Request): Promise<S3Reply> {
  const body = parseXml(await readBody(request.exchange), ['Object'], 'Delete');
  const targets = bodies(body, 'Object').map((each) => ({
    key: text(each, 'Key'),
    versionId: optionalText(each, 'VersionId'),
  }));
  if (targets.length === 0 || targets.length > 1000)
    throw new AwsError('MalformedXML', 'a DeleteObjects request names 1 to 1000 objects');
  store.buckets.get(request.bucket);
  const deleted: Readonly<Record<string, unknown>>[] = [];
  const failed: Readonly<Record<string, unknown>>[] = [];
  for (const { key, versionId } of targets) {
    try {
      authorize(
        store.permissions(versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', request.bucket, key),
      );
      const done = store.deleteVersion(request.bucket, key, versionId);
      deleted.push({
        Key: key,
        VersionId: versionId,
        DeleteMarker: done.deleteMarker,
        DeleteMarkerVersionId: done.deleteMarker === true ? done.versionId : undefined,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({
        Key: key,
        Code: error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code,
        Message: error.message,
      });
    }
  }
  return { xml: ['DeleteResult', { Deleted: optionalText(body, 'Quiet') === 'true' ? [] : deleted, Error: failed }] };
}
