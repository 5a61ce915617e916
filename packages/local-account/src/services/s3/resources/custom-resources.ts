import { Unsupported } from '../../../core/errors';
import { body, text } from '../../../core/input';
import type { ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { FileObjectStore } from '../runtime/file-object-store';

/**
 * What the CDK does with helper functions for S3, done directly: the functions answer over HTTPS to a pre-signed URL of
 * AWS, which a laptop cannot take.
 */
export function s3CustomResources(store: FileObjectStore): readonly ResourceProvider[] {
  return [autoDeleteObjects(store), bucketNotifications(store)];
}

/** Custom::S3AutoDeleteObjects empties the bucket when the resource is deleted. */
function autoDeleteObjects(store: FileObjectStore): ResourceProvider {
  return {
    type: 'Custom::S3AutoDeleteObjects',
    properties: ['BucketName'],
    accepted: { ServiceToken: 'the account empties the bucket itself instead of calling the helper function' },
    replacedBy: ['BucketName'],
    attributes: [],
    create: (_properties, context) => ({ physicalId: context.generateName(), attributes: {} }),
    update: (physicalId) => ({ physicalId, attributes: {} }),
    delete: (_physicalId, properties) => {
      const bucket = text(properties, 'BucketName');
      if (!store.hasBucket(bucket)) return;
      for (const key of [...store.keys(bucket)]) {
        for (const { versionId } of [...store.versions(bucket, key)]) store.deleteVersion(bucket, key, versionId);
      }
    },
  };
}

/** Custom::S3BucketNotifications switches a bucket's EventBridge notifications. */
function bucketNotifications(store: FileObjectStore): ResourceProvider {
  const apply = (properties: Body): void => {
    const configuration = body(properties, 'NotificationConfiguration');
    const others = Object.keys(configuration).filter((name) => name !== 'EventBridgeConfiguration');
    if (others.length > 0)
      throw new Unsupported(`S3 notifications by ${others.join(', ')}`, 'send them through EventBridge');
    store.buckets.update(text(properties, 'BucketName'), {
      eventBridge: configuration.EventBridgeConfiguration !== undefined,
    });
  };
  return {
    type: 'Custom::S3BucketNotifications',
    properties: ['BucketName', 'NotificationConfiguration'],
    accepted: {
      ServiceToken: 'the account configures the bucket itself instead of calling the helper function',
      Managed: 'the bucket is always managed by the stack',
      SkipDestinationValidation: 'EventBridge needs no validation',
    },
    attributes: [],
    create: (properties, context) => {
      apply(properties);
      return { physicalId: context.generateName(), attributes: {} };
    },
    update: (physicalId, properties) => {
      apply(properties);
      return { physicalId, attributes: {} };
    },
    delete: (_physicalId, properties) => {
      const bucket = text(properties, 'BucketName');
      if (store.hasBucket(bucket)) store.buckets.update(bucket, { eventBridge: false });
    },
  };
}
