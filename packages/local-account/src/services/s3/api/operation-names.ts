import { settings, writableSettings } from './settings';

const objects = [
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateMultipartUpload',
  'DeleteObject',
  'DeleteObjects',
  'DeleteObjectTagging',
  'GetObject',
  'GetObjectAcl',
  'GetObjectAttributes',
  'GetObjectTagging',
  'HeadObject',
  'ListMultipartUploads',
  'ListObjects',
  'ListObjectsV2',
  'ListObjectVersions',
  'ListParts',
  'PutObject',
  'PutObjectTagging',
  'UploadPart',
  'UploadPartCopy',
];
const buckets = [
  'CreateBucket',
  'DeleteBucket',
  'DeleteBucketPolicy',
  'GetBucketLocation',
  'GetBucketNotificationConfiguration',
  'GetBucketPolicy',
  'GetBucketVersioning',
  'HeadBucket',
  'ListBuckets',
  'PutBucketNotificationConfiguration',
  'PutBucketPolicy',
  'PutBucketVersioning',
];

/** Names of the S3 operations, for the documentation: S3 finds its operations by method, path and query, not by name. */
export function s3OperationNames(): readonly string[] {
  const read = Object.values(settings).map(({ operation }) => `Get${operation}`);
  const written = writableSettings().flatMap(({ operation }) => [`Put${operation}`, `Delete${operation}`]);
  return [...objects, ...buckets, ...read, ...written];
}
