import type { Permission } from '../../../core/service';
import type { FileObjectStore } from '../runtime/file-object-store';
import type { Multipart } from './multipart';
import type { S3Reply } from './request';

type Outcome = S3Reply | undefined | void;

/** One S3 operation: what the caller must be allowed to do, and what it does. `undefined` means that it wrote the response itself. */
export interface S3Operation {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly run: () => Promise<Outcome> | Outcome;
}

/** What operations work on. */
export interface S3Parts {
  readonly store: FileObjectStore;
  readonly multipart: Multipart;
  /** @throws AwsError AccessDenied when the caller of this very request may not. */
  readonly authorize: (permissions: readonly Permission[]) => void;
}

/** Query keys that turn a request on a bucket or object into one on a sub-resource of it, beside the bucket's settings. */
export const otherSubResources = [
  'tagging',
  'attributes',
  'retention',
  'legal-hold',
  'torrent',
  'restore',
  'select',
  'analytics',
  'inventory',
  'metrics',
  'intelligent-tiering',
  'session',
  'metadataTable',
  'metadataConfiguration',
  'abac',
  'renameObject',
];
