import { AwsError } from '../../../core/errors';
import type { Collection, Store } from '../../../core/store';
import type { Bucket } from './records';

/** The account's buckets, without what is in them. */
export class Buckets {
  private readonly documents: Collection<Bucket>;

  constructor(
    store: Store,
    private readonly now: () => Date,
  ) {
    this.documents = store.collection('s3.buckets');
  }

  /** In the order of their names. */
  all(): readonly Bucket[] {
    return [...this.documents.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Bucket | undefined {
    return this.documents.get(name);
  }

  /** @throws AwsError NoSuchBucket. */
  get(name: string): Bucket {
    const found = this.documents.get(name);
    if (found === undefined)
      throw new AwsError('NoSuchBucket', `the bucket '${name}' does not exist`, 404, { BucketName: name });
    return found;
  }

  create(name: string, changes: Partial<Bucket> = {}): Bucket {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..'))
      throw new AwsError(
        'InvalidBucketName',
        `'${name}' is no bucket name; allowed: 3 to 63 of lower-case letters, digits, dots and hyphens`,
      );
    if (this.find(name) !== undefined)
      throw new AwsError('BucketAlreadyOwnedByYou', `the bucket '${name}' already exists in this account`, 409);
    const bucket: Bucket = { name, created: this.now().toISOString(), eventBridge: false, settings: {}, ...changes };
    this.documents.put(name, bucket);
    return bucket;
  }

  update(name: string, changes: Partial<Bucket>): Bucket {
    const updated = { ...this.get(name), ...changes };
    this.documents.put(name, updated);
    return updated;
  }

  /** @param left number of keys in the bucket. */
  delete(name: string, left: number): void {
    this.get(name);
    if (left > 0)
      throw new AwsError(
        'BucketNotEmpty',
        `the bucket '${name}' you tried to delete is not empty (${left} keys, versions included)`,
        409,
      );
    this.documents.delete(name);
  }
}
