import { randomUUID } from 'node:crypto';
import type { AwsEvent } from '../../../core/module';
import type { Version } from './records';
import { partition } from '../../../core/partition';

/** S3's event for EventBridge: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function objectEvent(
  type: 'Object Created' | 'Object Deleted',
  about: { readonly bucket: string; readonly key: string; readonly version: Version; readonly accountId: string },
  more: Readonly<Record<string, string>>,
): AwsEvent {
  const { bucket, key, version, accountId } = about;
  const object = {
    key,
    size: version.size,
    etag: version.etag,
    sequencer: Date.parse(version.modified).toString(16).toUpperCase().padStart(18, '0'),
    ...(version.versionId === 'null' ? {} : { 'version-id': version.versionId }),
  };
  return {
    source: 'aws.s3',
    'detail-type': type,
    resources: [`arn:${partition}:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object,
      'request-id': randomUUID().slice(0, 16).toUpperCase(),
      requester: accountId,
      'source-ip-address': '127.0.0.1',
      ...more,
    },
  };
}
