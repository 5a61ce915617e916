import { text } from '../../../core/input';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import type { FileObjectStore } from '../runtime/file-object-store';
import { documentOf } from '../../shared/properties';

/** AWS::S3::BucketPolicy. */
export function s3BucketPolicyProvider(store: FileObjectStore): ResourceProvider {
  const provisioned = (bucket: string): Provisioned => ({ physicalId: bucket, attributes: {} });
  return {
    type: 'AWS::S3::BucketPolicy',
    properties: ['Bucket', 'PolicyDocument'],
    replacedBy: ['Bucket'],
    attributes: [],
    physicalIdOf: (properties) => text(properties, 'Bucket'),
    create: (properties) =>
      provisioned(
        store.buckets.update(text(properties, 'Bucket'), { policy: documentOf(properties, 'PolicyDocument') }).name,
      ),
    update: (bucket, properties) =>
      provisioned(store.buckets.update(bucket, { policy: documentOf(properties, 'PolicyDocument') }).name),
    delete: (bucket) => void store.buckets.update(bucket, { policy: undefined }),
  };
}
