import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AwsError } from '../../../../core/errors';
import { parseS3Uri } from '../../../../core/module';
import type { AccessControl, ObjectInfo, ObjectStore } from '../../../../core/module';
import type { Json, Permission, Principal } from '../../../../core/service';
import { notePrefix } from './image';
import { isObject } from '../pipelines/definition/expression';
import { partition } from '../../../../core/partition';
import { parseJson } from '../../../../core/json';

/** A failure that lies in what the job was given: SageMaker reports it as ClientError in the FailureReason. */
export class ClientError extends Error {}

/** Which part of a sharded input an instance gets. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** S3 as a job's role sees it: every access is checked against the role's deployed policies. */
export class RoleObjects {
  readonly principal: Principal;

  /** @throws AwsError NoSuchEntity when the role does not exist. */
  constructor(
    private readonly s3: ObjectStore,
    private readonly iam: AccessControl,
    roleArn: string,
  ) {
    this.principal = iam.roleByArn(roleArn);
  }

  /**
   * Downloads every object below a prefix (or the one object of that key) into a folder.
   *
   * @throws ClientError when there is none, in SageMaker's words.
   */
  async downloadPrefix(uri: string, folder: string, shard?: Shard): Promise<number> {
    const { bucket, key: prefix } = this.parse(uri);
    this.allow('s3:ListBucket', `arn:${partition}:s3:::${bucket}`, { 's3:prefix': prefix });
    const objects = this.bucket(bucket, () => this.s3.list(bucket, prefix)).filter((each) => !each.key.endsWith('/'));
    const exact = objects.filter((each) => each.key === prefix);
    const chosen = exact.length > 0 ? exact : objects;
    if (chosen.length === 0) {
      throw new ClientError(
        `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (us-east-1), that objects exist under that S3 prefix, and that the role '${this.principal.arn}' has permissions on bucket '${bucket}'.`,
      );
    }
    const own = shard === undefined ? chosen : chosen.filter((_, index) => index % shard.count === shard.index);
    for (const object of own) await this.download(object, join(folder, within(object.key, prefix)), folder);
    return chosen.length;
  }

  /** Downloads what a manifest lists: `[{"prefix": "s3://..."}, "relative/key", ...]`. */
  async downloadManifest(uri: string, folder: string): Promise<number> {
    const manifest = parseJson(this.readText(uri)) as Json;
    const [head, ...names] = Array.isArray(manifest) ? (manifest as readonly Json[]) : [];
    const prefix = isObject(head) ? String(head['prefix'] ?? '') : '';
    if (prefix === '')
      throw new ClientError(`the manifest ${uri} must be a list that starts with {"prefix": "s3://..."}`);
    for (const name of names) {
      const { bucket, key } = this.parse(`${prefix}${String(name)}`);
      const object = this.bucket(bucket, () => this.s3.head(bucket, key));
      if (object === undefined)
        throw new ClientError(`the manifest ${uri} lists '${String(name)}', but s3://${bucket}/${key} does not exist`);
      await this.download(object, join(folder, String(name)), folder);
    }
    return names.length;
  }

  async downloadObject(uri: string, file: string): Promise<void> {
    const { bucket, key } = this.parse(uri);
    const object = this.bucket(bucket, () => this.s3.head(bucket, key));
    if (object === undefined) throw new ClientError(`${uri} does not exist`);
    await this.download(object, file, dirname(file));
  }

  readText(uri: string): string {
    const { bucket, key } = this.parse(uri);
    this.allowObject('s3:GetObject', bucket, key);
    try {
      return this.s3.read(bucket, key).toString('utf8');
    } catch (error) {
      throw new ClientError(`${uri} cannot be read: ${(error as Error).message}`);
    }
  }

  /** Uploads every file below a folder, in name order, keeping its path. Links out of the folder are passed over. */
  async uploadFolder(folder: string, uri: string): Promise<number> {
    const { bucket, key } = this.parse(uri.replace(/\/+$/, ''));
    const files = filesBelow(folder);
    for (const file of files)
      await this.upload(
        file,
        bucket,
        [key, relative(folder, file).split(sep).join('/')].filter((part) => part !== '').join('/'),
      );
    return files.length;
  }

  async uploadFile(file: string, uri: string): Promise<void> {
    const { bucket, key } = this.parse(uri);
    await this.upload(file, bucket, key);
  }

  put(uri: string, body: string | Buffer): void {
    const { bucket, key } = this.parse(uri);
    this.allowObject('s3:PutObject', bucket, key);
    this.bucket(bucket, () => this.s3.put(bucket, key, body));
  }

  private async upload(file: string, bucket: string, key: string): Promise<void> {
    this.allowObject('s3:PutObject', bucket, key);
    if (!this.s3.hasBucket(bucket))
      throw new ClientError(`cannot write s3://${bucket}/${key}: the bucket does not exist`);
    await this.s3.putFile(bucket, key, file);
  }

  private async download(object: ObjectInfo, file: string, folder: string): Promise<void> {
    if (!isBelow(file, folder))
      throw new ClientError(`s3://${object.bucket}/${object.key} would be written outside of its folder`);
    this.allowObject('s3:GetObject', object.bucket, object.key);
    mkdirSync(dirname(file), { recursive: true });
    await this.s3.getFile(object.bucket, object.key, file);
  }

  private parse(uri: string): { readonly bucket: string; readonly key: string } {
    try {
      return parseS3Uri(uri);
    } catch (error) {
      throw new ClientError((error as Error).message);
    }
  }

  private allow(action: string, resource: string, context: Readonly<Record<string, string>> = {}): void {
    this.authorize([{ action, resource, context }]);
  }

  /** The action on the object, and the use of the key that encrypts it. */
  private allowObject(action: 's3:GetObject' | 's3:PutObject', bucket: string, key: string): void {
    this.authorize(this.s3.permissions(action, bucket, key));
  }

  /** @throws ClientError when the role lacks one of them. @param problem what that means for the job. */
  authorize(permissions: readonly Permission[], problem?: string): void {
    try {
      this.iam.authorize(this.principal, permissions);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new ClientError(problem === undefined ? error.message : `${problem}: ${error.message}`);
    }
  }

  private bucket<T>(name: string, work: () => T): T {
    if (!this.s3.hasBucket(name)) throw new ClientError(`the bucket '${name}' does not exist`);
    return work();
  }
}

/** Path of a key inside the folder a prefix is downloaded to. */
export function within(key: string, prefix: string): string {
  if (key === prefix) return basename(key);
  const rest = key.slice(prefix.length);
  if (prefix === '' || prefix.endsWith('/')) return rest;
  if (rest.startsWith('/')) return rest.slice(1);
  return key.slice(prefix.lastIndexOf('/') + 1);
}

/** True when a path lies in a folder, whatever `..` it holds. */
export const isBelow = (path: string, folder: string): boolean => resolve(path).startsWith(`${resolve(folder)}${sep}`);

/** Plain files below a folder in name order; links are passed over. */
export function filesBelow(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : entry.isFile() ? [join(folder, entry.name)] : [],
    );
}

/** The last lines of a file, without reading more than a few kilobytes. */
export function lastLines(file: string, count = 12): string {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return '';
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines
    .filter((line) => !line.startsWith(notePrefix))
    .slice(-count)
    .join('\n')
    .slice(-800);
}
