import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Zippable, zipSync } from 'fflate';
import { UserError } from '@mooring/use-case/errors';
import { assetsOf, type FileAsset } from './asset-manifest';
import { PublishingRoles } from './publishing-roles';
import type { Environment } from './stage';

/** Uploads what S3 does not have yet: keys are hashes of the content. Says what it did in a line. */
export async function publishFiles(assembly: string, env: Environment): Promise<string> {
  const roles = new PublishingRoles(env);
  const assets = assetsOf(assembly, 'files');
  let uploaded = 0;
  for (const [id, asset] of assets) uploaded += await publishFile(roles, { assembly, id, asset });
  return `${assets.size} files, ${uploaded} uploaded`;
}

interface Publication {
  readonly assembly: string;
  readonly id: string;
  readonly asset: FileAsset;
}

async function publishFile(roles: PublishingRoles, { assembly, id, asset }: Publication): Promise<number> {
  const { source, destinations } = asset;
  let uploaded = 0;
  for (const raw of Object.values(destinations)) {
    const destination = await roles.resolved(raw);
    const { bucketName: Bucket, objectKey: Key } = destination;
    const s3 = await roles.client(destination, (config) => new S3Client(config));
    if (await exists(s3, Bucket, Key)) continue;
    if (source.path === undefined)
      throw new UserError(`the asset ${id} is made by a program; files and folders are supported`);
    const path = join(assembly, source.path);
    const Body = source.packaging === 'zip' ? zipped(path) : readFileSync(path);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    uploaded += 1;
  }
  return uploaded;
}

/** A folder as one zip that depends on contents only. ZIP cannot express earlier times than 1980. */
function zipped(folder: string): Uint8Array {
  const entries: Zippable = {};
  const add = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const file = join(path, name);
      if (statSync(file).isDirectory()) add(file);
      else
        entries[relative(folder, file).split(sep).join('/')] = [
          readFileSync(file),
          { mtime: new Date(1980, 0, 1), os: 3, attrs: (statSync(file).mode & 0xffff) << 16 },
        ];
    }
  };
  add(folder);
  return zipSync(entries);
}

async function exists(s3: S3Client, Bucket: string, Key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if (error instanceof Error && ['NotFound', 'NoSuchKey'].includes(error.name)) return false;
    throw error;
  }
}
