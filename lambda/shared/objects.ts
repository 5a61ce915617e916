import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** A bucket and the client to reach it. */
export interface Bucket {
  readonly s3: S3Client;
  readonly name: string;
}

/** Text of an object, or undefined when there is none. @param range first bytes to read; default all. */
export async function readText({ s3, name }: Bucket, key: string, range?: number): Promise<string | undefined> {
  try {
    const answer = await s3.send(
      new GetObjectCommand({ Bucket: name, Key: key, Range: range === undefined ? undefined : `bytes=0-${range - 1}` }),
    );
    return await answer.Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey || nameOf(error) === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** ETag of `s3://bucket/key` without its quotes, or undefined when there is no such object. */
export async function etagOf(s3: S3Client, uri: string): Promise<string | undefined> {
  const { bucket, key } = parseUri(uri);
  try {
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return ETag?.replaceAll('"', '');
  } catch (error) {
    if (['NotFound', 'NoSuchKey'].includes(nameOf(error))) return undefined;
    throw error;
  }
}

/** A JSON document, or undefined when there is none. */
export async function readJson<T>(bucket: Bucket, key: string): Promise<T | undefined> {
  const text = await readText(bucket, key);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export async function writeJson({ s3, name }: Bucket, key: string, content: unknown): Promise<void> {
  await s3.send(
    new PutObjectCommand({ Bucket: name, Key: key, Body: jsonBody(content), ContentType: 'application/json' }),
  );
}

/**
 * Writes a marker unless it exists; that is how an event is handled once although it is delivered several times.
 *
 * @returns false when another delivery was first.
 */
export async function claim({ s3, name }: Bucket, key: string, content: unknown): Promise<boolean> {
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: name,
        Key: key,
        Body: jsonBody(content),
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
    return true;
  } catch (error) {
    if (['PreconditionFailed', 'ConditionalRequestConflict'].includes(nameOf(error))) return false;
    throw error;
  }
}

/** Copies `s3://bucket/key` into the bucket. */
export async function copyInto({ s3, name }: Bucket, uri: string, key: string): Promise<void> {
  const source = parseUri(uri);
  await s3.send(
    new CopyObjectCommand({ Bucket: name, Key: key, CopySource: `${source.bucket}/${encodeURI(source.key)}` }),
  );
}

/** Keys below a prefix with their times, in key order. */
export async function list({ s3, name }: Bucket, prefix: string): Promise<{ key: string; size: number; at: Date }[]> {
  const found: { key: string; size: number; at: Date }[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: name, Prefix: prefix, ContinuationToken: token }));
    for (const each of page.Contents ?? []) {
      found.push({ key: each.Key ?? '', size: each.Size ?? 0, at: each.LastModified ?? new Date(0) });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found;
}

/** Whether any object lies below a prefix. */
export async function anyBelow({ s3, name }: Bucket, prefix: string): Promise<boolean> {
  const page = await s3.send(new ListObjectsV2Command({ Bucket: name, Prefix: prefix, MaxKeys: 1 }));
  return (page.Contents?.length ?? 0) > 0;
}

/** Bucket and key of an s3:// URI. @throws Error when it is none. */
export function parseUri(uri: string): { bucket: string; key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) throw new Error(`'${uri}' is not an s3:// URI`);
  return { bucket, key };
}

function jsonBody(content: unknown): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Name of an AWS error. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
