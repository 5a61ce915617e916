import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** Objects by `bucket/key`, behind a mocked S3 client that knows conditional writes. */
export class FakeS3 {
  readonly objects = new Map<string, string>();
  /** Times of objects that were not written at ten o'clock. */
  readonly modified = new Map<string, string>();
  readonly client = new S3Client({ region: 'eu-west-1' });

  constructor() {
    const mock = mockClient(this.client);
    mock.on(GetObjectCommand).callsFake(({ Bucket, Key, Range }: { Bucket: string; Key: string; Range?: string }) => {
      const body = this.objects.get(`${Bucket}/${Key}`);
      if (body === undefined) throw new NoSuchKey({ message: 'no such key', $metadata: {} });
      const end = Number(/bytes=0-(\d+)/.exec(Range ?? '')?.[1] ?? body.length);
      return { Body: { transformToString: () => Promise.resolve(body.slice(0, end + 1)) } };
    });
    mock
      .on(PutObjectCommand)
      .callsFake(
        ({ Bucket, Key, Body, IfNoneMatch }: { Bucket: string; Key: string; Body: string; IfNoneMatch?: string }) => {
          if (IfNoneMatch === '*' && this.objects.has(`${Bucket}/${Key}`)) {
            throw new S3ServiceException({
              name: 'PreconditionFailed',
              $fault: 'client',
              $metadata: {},
              message: 'exists',
            });
          }
          this.objects.set(`${Bucket}/${Key}`, Body);
          return {};
        },
      );
    mock
      .on(CopyObjectCommand)
      .callsFake(({ Bucket, Key, CopySource }: { Bucket: string; Key: string; CopySource: string }) => {
        const body = this.objects.get(decodeURI(CopySource));
        if (body === undefined) throw new NoSuchKey({ message: `no ${CopySource}`, $metadata: {} });
        this.objects.set(`${Bucket}/${Key}`, body);
        return {};
      });
    mock.on(ListObjectsV2Command).callsFake(({ Bucket, Prefix }: { Bucket: string; Prefix: string }) => ({
      Contents: [...this.objects]
        .filter(([key]) => key.startsWith(`${Bucket}/${Prefix}`))
        .map(([key, body]) => ({
          Key: key.slice(Bucket.length + 1),
          Size: body.length,
          LastModified: new Date(this.modified.get(key) ?? '2026-11-20T10:00:00Z'),
        }))
        .sort((a, b) => (a.Key < b.Key ? -1 : 1)),
    }));
  }

  json(key: string): unknown {
    return JSON.parse(this.objects.get(key) ?? 'null');
  }

  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}
