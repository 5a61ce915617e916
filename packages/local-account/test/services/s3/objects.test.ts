import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Account } from '../../../src/account';
import { clientsOf, dropFolders, eventRecorder, startAccount } from '../../support/account';

describe('S3 of the local account', () => {
  const recorder = eventRecorder();
  let account: Account;
  let s3: S3Client;
  const Bucket = 'objects';
  const put = (Key: string, Body: string, more: object = {}): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = async (Key: string, more: object = {}): Promise<string | undefined> =>
    (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();

  beforeAll(async () => {
    account = await startAccount({ modules: [recorder.factory] });
    s3 = clientsOf(account).s3;
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });

  test('gives back what was put, with metadata and type', async () => {
    await put('a.csv', 'x,y\n', { ContentType: 'text/csv', Metadata: { source: 'test' }, CacheControl: 'no-store' });
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'a.csv' }));
    expect(await answer.Body?.transformToString()).toBe('x,y\n');
    expect(answer).toMatchObject({
      ContentType: 'text/csv',
      ContentLength: 4,
      Metadata: { source: 'test' },
      CacheControl: 'no-store',
      ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
  });

  test('has the MD5 of the content as ETag', async () => {
    await put('hello', 'hello');
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'hello' }))).ETag).toBe(
      '"5d41402abc4b2a76b9719d911017c592"',
    );
  });

  test.each([
    ['bytes=1-3', 'ell', 'bytes 1-3/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=0-999', 'hello', 'bytes 0-4/5'],
  ])('gives the range %s', async (Range, text, ContentRange) => {
    await put('hello', 'hello');
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'hello', Range }));
    expect(await answer.Body?.transformToString()).toBe(text);
    expect(answer).toMatchObject({ ContentRange, $metadata: { httpStatusCode: 206 } });
  });

  test('refuses a range behind the end', async () => {
    await put('hello', 'hello');
    await expect(get('hello', { Range: 'bytes=9-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('stores an empty object', async () => {
    await put('empty', '');
    expect(await get('empty')).toBe('');
  });

  test.each([
    'a b+c/%2F?&=#.txt',
    'ümläut/日本/🚀',
    '../../../etc/passwd',
    '/leading',
    'a//b',
    './x/../y',
    'trailing/',
    '<&>"\'',
  ])('keeps the key %s as it is, inside of its folder', async (Key) => {
    await put(Key, Key);
    expect(await get(Key)).toBe(Key);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key, EncodingType: 'url' }));
    expect(listed.Contents?.map((each) => decodeURIComponent(each.Key ?? ''))).toEqual([Key]);
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }));
    await expect(get(Key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('names content files by random ids only', () => {
    const folder = join(account.parts.folder, 's3', 'data');
    const names = readdirSync(folder).flatMap((each) => readdirSync(join(folder, each)));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test('removes the content file of a replaced object', async () => {
    await put('replaced', 'one');
    const file = account.parts.s3.path(Bucket, 'replaced');
    await put('replaced', 'two');
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(account.parts.s3.path(Bucket, 'replaced'), 'utf8')).toBe('two');
  });

  test('copies an object with its metadata, or with new one', async () => {
    await put('from', 'content', { Metadata: { a: '1' } });
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'kept', CopySource: `${Bucket}/from` }));
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'changed',
        CopySource: `${Bucket}/from`,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
      }),
    );
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'kept' }))).Metadata).toEqual({ a: '1' });
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'changed' }))).Metadata).toEqual({ b: '2' });
  });

  test('writes once with If-None-Match: *, however many try at a time', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((each) => put('marker', String(each), { IfNoneMatch: '*' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  });

  test('overwrites with If-Match only what has that ETag', async () => {
    await put('guarded', 'hello');
    await expect(put('guarded', 'no', { IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put('guarded', 'yes', { IfMatch: '"5d41402abc4b2a76b9719d911017c592"' });
    expect(await get('guarded')).toBe('yes');
  });

  test('refuses content that does not match its digest, and keeps nothing of it', async () => {
    await expect(put('corrupt', 'hello', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' })).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(put('corrupt', 'hello', { ChecksumSHA256: 'AAAA' })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(get('corrupt')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(readdirSync(join(account.parts.folder, 's3', 'incoming'))).toEqual([]);
  });

  test('lists with prefix, delimiter and continuation in key order', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'listed' }));
    for (const Key of ['b/2', 'a', 'b/1', 'c/x/1', 'B', 'z']) account.parts.s3.put('listed', Key, 'x');
    const folders = await s3.send(new ListObjectsV2Command({ Bucket: 'listed', Delimiter: '/' }));
    expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['B', 'a', 'z']);
    expect(folders.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/', 'c/']);
    const pages: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: 'listed', Delimiter: '/', MaxKeys: 2, ContinuationToken: token }),
      );
      pages.push(
        [
          ...(page.Contents ?? []).map(({ Key }) => Key),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        ].join(' '),
      );
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(pages).toEqual(['B a', 'b/ c/', 'z']);
    const first = await s3.send(new ListObjectsCommand({ Bucket: 'listed', Prefix: 'b/', MaxKeys: 1 }));
    expect(first).toMatchObject({ IsTruncated: true, Contents: [{ Key: 'b/1', Size: 1 }] });
  });

  test('puts parts together in order, with the ETag of a multipart object', async () => {
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'parts', Metadata: { m: '1' } }),
    );
    const upload = async (
      PartNumber: number,
      Body: string,
    ): Promise<{ PartNumber: number; ETag: string | undefined }> => ({
      PartNumber,
      ETag: (await s3.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber, Body }))).ETag,
    });
    const second = await upload(2, 'world');
    const first = await upload(1, 'hello '.padEnd(5 * 1024 * 1024));
    await expect(
      s3.send(
        new CompleteMultipartUploadCommand({
          Bucket,
          Key: 'parts',
          UploadId,
          MultipartUpload: { Parts: [second, first] },
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    const done = await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: 'parts',
        UploadId,
        MultipartUpload: { Parts: [first, second] },
      }),
    );
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect((await get('parts')) === `${'hello '.padEnd(5 * 1024 * 1024)}world`).toBe(true);
    await expect(upload(3, 'late')).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('refuses to put parts together of which one but the last is below 5 MiB', async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'small' }));
    const upload = async (PartNumber: number, Body: string): Promise<object> => ({
      PartNumber,
      ETag: (await s3.send(new UploadPartCommand({ Bucket, Key: 'small', UploadId, PartNumber, Body }))).ETag,
    });
    const Parts = [await upload(1, 'x'.repeat(5 * 1024 * 1024 - 1)), await upload(2, 'y')];
    const complete = (parts: object[]): Promise<unknown> =>
      s3.send(
        new CompleteMultipartUploadCommand({ Bucket, Key: 'small', UploadId, MultipartUpload: { Parts: parts } }),
      );
    await expect(complete(Parts)).rejects.toMatchObject({
      name: 'EntityTooSmall',
      message: 'Your proposed upload is smaller than the minimum allowed size',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(get('small')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(complete(Parts.slice(0, 1))).resolves.toMatchObject({ Key: 'small' });
  });

  test('leaves a marker in a suspended bucket, in place of the version named null', async () => {
    const suspended = { Bucket: 'suspended', Key: 'k' };
    const status = (Status: 'Enabled' | 'Suspended'): Promise<unknown> =>
      s3.send(new PutBucketVersioningCommand({ Bucket: 'suspended', VersioningConfiguration: { Status } }));
    await s3.send(new CreateBucketCommand({ Bucket: 'suspended' }));
    await status('Enabled');
    const kept = await s3.send(new PutObjectCommand({ ...suspended, Body: 'kept' }));
    await status('Suspended');
    await s3.send(new PutObjectCommand({ ...suspended, Body: 'replaced by the marker' }));
    const deleted = await s3.send(new DeleteObjectCommand(suspended));
    expect([deleted.DeleteMarker, deleted.VersionId]).toEqual([true, 'null']);
    await expect(s3.send(new GetObjectCommand(suspended))).rejects.toMatchObject({ name: 'NoSuchKey' });
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: 'suspended' }));
    expect(listed.Versions?.map((each) => each.VersionId)).toEqual([kept.VersionId]);
    expect(listed.DeleteMarkers?.map((each) => each.VersionId)).toEqual(['null']);
    await s3.send(new DeleteObjectCommand({ ...suspended, VersionId: 'null' }));
    expect(await (await s3.send(new GetObjectCommand(suspended))).Body?.transformToString()).toBe('kept');
  });

  test('keeps versions of a versioned bucket and hides deleted keys behind a marker', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'versioned' }));
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: 'versioned', VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const one = await s3.send(new PutObjectCommand({ Bucket: 'versioned', Key: 'k', Body: 'one' }));
    await s3.send(new PutObjectCommand({ Bucket: 'versioned', Key: 'k', Body: 'two' }));
    await s3.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'k' }));
    await expect(s3.send(new GetObjectCommand({ Bucket: 'versioned', Key: 'k' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    const old = await s3.send(new GetObjectCommand({ Bucket: 'versioned', Key: 'k', VersionId: one.VersionId }));
    expect(await old.Body?.transformToString()).toBe('one');
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: 'versioned' }));
    expect([listed.Versions?.length, listed.DeleteMarkers?.length]).toEqual([2, 1]);
    await expect(s3.send(new DeleteBucketCommand({ Bucket: 'versioned' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
    const all = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    await s3.send(new DeleteObjectsCommand({ Bucket: 'versioned', Delete: { Objects: all } }));
    await s3.send(new DeleteBucketCommand({ Bucket: 'versioned' }));
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'versioned' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('publishes Object Created to EventBridge only when the bucket asks for it', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'notifying' }));
    account.parts.s3.put('notifying', 'before', 'x');
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'notifying',
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
    await s3.send(new PutObjectCommand({ Bucket: 'notifying', Key: 'raw/rows.csv', Body: 'hello' }));
    const about = recorder.events.filter(({ detail }) => (detail.bucket as { name: string }).name === 'notifying');
    expect(about).toEqual([
      {
        source: 'aws.s3',
        'detail-type': 'Object Created',
        resources: ['arn:aws:s3:::notifying'],
        detail: expect.objectContaining({
          bucket: { name: 'notifying' },
          object: expect.objectContaining({ key: 'raw/rows.csv', size: 5, etag: '5d41402abc4b2a76b9719d911017c592' }),
          reason: 'PutObject',
        }),
      },
    ]);
  });

  test('says that the content of an object is gone or cut short, and how to go on', async () => {
    await put('lost', 'content');
    const file = account.parts.s3.path(Bucket, 'lost');
    writeFileSync(file, 'cont');
    await expect(get('lost')).rejects.toMatchObject({
      name: 'InternalError',
      message: expect.stringContaining('its content has 4 bytes in place of 7') as string,
    });
    rmSync(file);
    await expect(get('lost')).rejects.toMatchObject({
      message: expect.stringMatching(
        /s3:\/\/objects\/lost cannot be read, its content is gone .*account repair/,
      ) as string,
    });
    await put('lost', 'again');
    expect(await get('lost')).toBe('again');
  });

  test('copies files in and out for other services', async () => {
    const file = join(account.parts.folder, 'outside.txt');
    writeFileSync(file, 'job output');
    await account.parts.s3.putFile(Bucket, 'from-file', file);
    writeFileSync(file, 'changed later');
    const target = join(account.parts.folder, 'deep', 'down', 'in.txt');
    await account.parts.s3.getFile(Bucket, 'from-file', target);
    writeFileSync(target, 'a job that scribbles over its input');
    expect(await get('from-file')).toBe('job output');
  });

  test('answers what clients ask about buckets without any configuration', async () => {
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(
      encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    ).toBe('AES256');
  });

  test('refuses what it would not do, by name', async () => {
    const replicate = new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role: 'r', Rules: [] } });
    await expect(s3.send(replicate)).rejects.toMatchObject({
      name: 'UnsupportedByLocalAccount',
      message: expect.stringContaining('PutBucketReplication'),
    });
  });

  test.each([
    ['no-such-bucket', 'NoSuchBucket'],
    ['UPPER', 'NoSuchBucket'],
  ])('says that the bucket %s does not exist', async (bucket, name) => {
    await expect(s3.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({ name });
  });

  test('refuses bucket names that S3 refuses', async () => {
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'No_Underscores' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
  });
});
