import { randomUUID } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { AwsError } from '../../../core/errors';
import type { AwsEvent, ObjectInfo, ObjectStore, PutOptions } from '../../../core/module';
import type { Body, Permission } from '../../../core/service';
import type { Collection, Store } from '../../../core/store';
import { repairHint } from '../../../core/damaged-state';
import type { Expected } from './content-files';
import { Buckets } from './buckets';
import { ContentFiles } from './content-files';
import { KeyIndex } from './key-index';
import { objectEvent } from './object-event';
import { checkPreconditions, type CommitOptions } from './preconditions';
import type { Content, ObjectRecord, Version } from './records';
import { partition } from '../../../core/partition';

export interface ObjectStoreParts {
  readonly folder: string;
  readonly store: Store;
  readonly now: () => Date;
  readonly region: string;
  readonly publish: (event: AwsEvent) => void;
  /** Key policy of a KMS key. */
  readonly keyPolicy: (keyArn: string) => Body | undefined;
  readonly accountId: string;
}

/** Buckets and objects: documents in the store, bytes in content files. */
export class FileObjectStore implements ObjectStore {
  readonly files: ContentFiles;
  readonly buckets: Buckets;
  private readonly objectDocuments: Collection<ObjectRecord>;
  private readonly index = new KeyIndex();

  constructor(private readonly parts: ObjectStoreParts) {
    this.buckets = new Buckets(parts.store, parts.now);
    this.objectDocuments = parts.store.collection('s3.objects');
    this.files = new ContentFiles(parts.folder);
    for (const [id] of this.objectDocuments.entries())
      this.index.add(id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1));
  }

  /** Removes content files that a kill left without an owner. @param alsoUsed files that uploads in progress own. */
  sweep(alsoUsed: readonly string[]): void {
    this.files.sweep(
      new Set([
        ...alsoUsed,
        ...this.objectDocuments.values().flatMap(({ versions }) => versions.map(({ file }) => file)),
      ]),
    );
  }

  hasBucket(bucket: string): boolean {
    return this.buckets.find(bucket) !== undefined;
  }

  deleteBucket(name: string): void {
    this.buckets.delete(name, this.index.keys(name).length);
  }

  /** Keys with at least one version, in key order. */
  keys(bucket: string, prefix = ''): readonly string[] {
    this.buckets.get(bucket);
    return this.index.keys(bucket, prefix);
  }

  versions(bucket: string, key: string): readonly Version[] {
    return this.objectDocuments.get(id(bucket, key))?.versions ?? [];
  }

  /** The current version, or a given one; undefined when there is none or it is a delete marker. */
  version(bucket: string, key: string, versionId?: string): Version | undefined {
    this.buckets.get(bucket);
    const found =
      versionId === undefined
        ? this.versions(bucket, key)[0]
        : this.versions(bucket, key).find((each) => each.versionId === versionId);
    return found?.deleteMarker === true ? undefined : found;
  }

  head(bucket: string, key: string): ObjectInfo | undefined {
    const version = this.version(bucket, key);
    return version === undefined ? undefined : infoOf(bucket, key, version);
  }

  list(bucket: string, prefix = ''): readonly ObjectInfo[] {
    return this.keys(bucket, prefix).flatMap((key) => this.head(bucket, key) ?? []);
  }

  read(bucket: string, key: string): Buffer {
    return this.files.read(this.readable(bucket, key, this.existing(bucket, key)).file);
  }

  path(bucket: string, key: string): string {
    return this.files.path(this.readable(bucket, key, this.existing(bucket, key)).file);
  }

  put(bucket: string, key: string, body: Buffer | string, options: PutOptions = {}): ObjectInfo {
    this.buckets.get(bucket);
    return infoOf(
      bucket,
      key,
      this.commit(bucket, key, this.files.write(typeof body === 'string' ? Buffer.from(body) : body), options),
    );
  }

  async putFile(bucket: string, key: string, file: string, options: PutOptions = {}): Promise<ObjectInfo> {
    this.buckets.get(bucket);
    return infoOf(bucket, key, this.commit(bucket, key, await this.files.copyIn(file), options));
  }

  async putStream(
    bucket: string,
    key: string,
    source: Readable,
    expected: Expected,
    options: CommitOptions,
  ): Promise<Version> {
    this.buckets.get(bucket);
    return this.commit(bucket, key, await this.files.writeStream(source, expected), options);
  }

  async getFile(bucket: string, key: string, file: string): Promise<void> {
    const from = this.path(bucket, key);
    mkdirSync(dirname(file), { recursive: true });
    await copyFile(from, file, constants.COPYFILE_FICLONE);
  }

  delete(bucket: string, key: string): boolean {
    const existed = this.version(bucket, key) !== undefined;
    this.deleteVersion(bucket, key);
    return existed;
  }

  permissions(action: string, bucket: string, key: string): readonly Permission[] {
    const found = this.buckets.find(bucket);
    const object: Permission = {
      action,
      resource: `arn:${partition}:s3:::${bucket}/${key}`,
      ...(found?.policy === undefined ? {} : { resourcePolicy: found.policy }),
    };
    const use = {
      's3:GetObject': 'kms:Decrypt',
      's3:GetObjectVersion': 'kms:Decrypt',
      's3:PutObject': 'kms:GenerateDataKey',
    }[action];
    if (found?.kmsKeyArn === undefined || use === undefined) return [object];
    const resourcePolicy = this.parts.keyPolicy(found.kmsKeyArn);
    const context = {
      'kms:ViaService': `s3.${this.parts.region}.amazonaws.com`,
      'kms:CallerAccount': this.parts.accountId,
    };
    return [
      object,
      { action: use, resource: found.kmsKeyArn, context, ...(resourcePolicy === undefined ? {} : { resourcePolicy }) },
    ];
  }

  /** Makes content the newest version of a key. The decision on preconditions and the write happen in one turn. */
  commit(bucket: string, key: string, content: Content, options: CommitOptions): Version {
    try {
      checkPreconditions(key, this.version(bucket, key), options);
      const version = this.versionOf(bucket, content, options);
      this.push(bucket, key, version);
      this.publish('Object Created', bucket, key, version, { reason: options.reason ?? 'PutObject' });
      return version;
    } catch (error) {
      if (!this.versions(bucket, key).some((each) => each.file === content.file)) this.files.remove(content.file);
      throw error;
    }
  }

  /** Replaces a version's description, e.g. its tags. */
  amend(bucket: string, key: string, version: Version): void {
    this.save(
      bucket,
      key,
      this.versions(bucket, key).map((each) => (each.versionId === version.versionId ? version : each)),
    );
  }

  /** Deletes a version for good, or hides the key behind a delete marker when the bucket is versioned. */
  deleteVersion(
    bucket: string,
    key: string,
    versionId?: string,
  ): { readonly versionId?: string; readonly deleteMarker?: boolean } {
    const { versioning } = this.buckets.get(bucket);
    const versions = this.versions(bucket, key);
    if (versionId === undefined && versioning !== undefined) {
      const nothing: Content = { file: '', size: 0, etag: '', checksums: {} };
      const marker: Version = {
        ...this.versionOf(bucket, nothing, { contentType: '' }),
        deleteMarker: true,
      };
      // In a suspended bucket the marker takes the place of the version named null; the others stay.
      this.push(bucket, key, marker);
      this.publish('Object Deleted', bucket, key, marker, {
        reason: 'DeleteObject',
        'deletion-type': 'Delete Marker Created',
      });
      return { versionId: marker.versionId, deleteMarker: true };
    }
    const gone = versions.find((each) => each.versionId === (versionId ?? 'null'));
    if (gone === undefined) return {};
    this.save(
      bucket,
      key,
      versions.filter((each) => each !== gone),
    );
    this.files.remove(gone.file);
    this.publish('Object Deleted', bucket, key, gone, {
      reason: 'DeleteObject',
      'deletion-type': 'Permanently Deleted',
    });
    return {
      ...(versionId === undefined ? {} : { versionId }),
      ...(gone.deleteMarker === true ? { deleteMarker: true } : {}),
    };
  }

  /** The version, when its content is as recorded. @throws AwsError that names what is missing. */
  readable(bucket: string, key: string, version: Version): Version {
    const problem = this.files.problem(version.file, version.size);
    if (problem === undefined) return version;
    throw new AwsError(
      'InternalError',
      `the state of the local account is damaged: s3://${bucket}/${key} cannot be read, ${problem} (${this.files.path(version.file)}). Write the object again, or stop the account: ${repairHint}`,
      507,
    );
  }

  /** @throws AwsError NoSuchKey. */
  existing(bucket: string, key: string, versionId?: string): Version {
    const found = this.version(bucket, key, versionId);
    if (found === undefined)
      throw new AwsError(
        versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion',
        `the key '${key}' does not exist in bucket '${bucket}'`,
        404,
        { Key: key },
      );
    return found;
  }

  private versionOf(bucket: string, content: Content, options: CommitOptions): Version {
    const versioned = this.buckets.get(bucket).versioning === 'Enabled';
    return {
      versionId: versioned ? randomUUID().replaceAll('-', '') : 'null',
      file: content.file,
      size: content.size,
      etag: content.etag,
      modified: this.parts.now().toISOString(),
      contentType: options.contentType ?? 'binary/octet-stream',
      metadata: options.metadata ?? {},
      headers: options.headers ?? {},
      checksums: content.checksums,
      ...(options.tags === undefined ? {} : { tags: options.tags }),
    };
  }

  private push(bucket: string, key: string, version: Version): void {
    const previous = this.versions(bucket, key);
    const replaced = version.versionId === 'null' ? previous.filter((each) => each.versionId === 'null') : [];
    this.save(bucket, key, [version, ...previous.filter((each) => !replaced.includes(each))]);
    for (const each of replaced) this.files.remove(each.file);
  }

  private save(bucket: string, key: string, versions: readonly Version[]): void {
    if (versions.length === 0) {
      this.objectDocuments.delete(id(bucket, key));
      this.index.remove(bucket, key);
    } else {
      this.objectDocuments.put(id(bucket, key), { versions });
      this.index.add(bucket, key);
    }
  }

  private publish(
    type: 'Object Created' | 'Object Deleted',
    bucket: string,
    key: string,
    version: Version,
    more: Readonly<Record<string, string>>,
  ): void {
    if (this.buckets.get(bucket).eventBridge)
      this.parts.publish(objectEvent(type, { bucket, key, version, accountId: this.parts.accountId }, more));
  }
}

const id = (bucket: string, key: string): string => `${bucket}/${key}`;

function infoOf(bucket: string, key: string, version: Version): ObjectInfo {
  return {
    bucket,
    key,
    size: version.size,
    etag: version.etag,
    versionId: version.versionId,
    lastModified: new Date(version.modified),
    contentType: version.contentType,
    metadata: version.metadata,
  };
}
