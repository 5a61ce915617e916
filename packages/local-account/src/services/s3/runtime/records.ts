import type { Body } from '../../../core/service';

export interface Bucket {
  readonly name: string;
  /** ISO-8601. */
  readonly created: string;
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Whether object events go to EventBridge. */
  readonly eventBridge: boolean;
  readonly policy?: Body;
  /** Customer's key that encrypts the bucket: who reads or writes needs permission to use it, too. */
  readonly kmsKeyArn?: string;
  /** Sub-resources kept as the XML a client put, by name: encryption, tagging, cors ... */
  readonly settings: Readonly<Record<string, string>>;
}

/** One version of an object, or a delete marker. */
export interface Version {
  readonly versionId: string;
  /** Name of the content file; empty for a delete marker. */
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  /** ISO-8601. */
  readonly modified: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Headers given back as they came: cache-control, content-encoding ... */
  readonly headers: Readonly<Record<string, string>>;
  /** Checksums that were verified, by header name: x-amz-checksum-crc32 ... */
  readonly checksums: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly deleteMarker?: true;
}

/** All versions of a key, newest first; never empty. */
export interface ObjectRecord {
  readonly versions: readonly Version[];
}

/** What a client says about an object it writes. */
export interface ObjectHeaders {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Bytes on disk that no object owns yet. */
export interface Content {
  readonly file: string;
  readonly size: number;
  /** Hex MD5, or for a multipart object the digest of digests with the number of parts. */
  readonly etag: string;
  readonly checksums: Readonly<Record<string, string>>;
}

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly started: string;
  readonly headers: ObjectHeaders;
  readonly parts: Readonly<Record<string, Content & { readonly modified: string }>>;
}
