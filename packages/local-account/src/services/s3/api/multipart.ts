import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../../core/errors';
import { bodies, text } from '../../../core/input';
import type { Collection, Store } from '../../../core/store';
import { readBody } from '../../../server/exchange';
import type { FileObjectStore } from '../runtime/file-object-store';
import type { Content, Upload } from '../runtime/records';
import { copySource, rangeOf, versionHeader, writeConditions } from './objects';
import { objectHeadersOf, quoted, type S3Reply, type S3Request, unquoted, uploadOf } from './request';

/** Bytes that each part but the last has at least. */
const leastPart = 5 * 1024 * 1024;

/** Multipart uploads. */
export class Multipart {
  private readonly uploads: Collection<Upload>;

  constructor(
    private readonly store: FileObjectStore,
    documents: Store,
    private readonly now: () => Date,
  ) {
    this.uploads = documents.collection('s3.uploads');
  }

  /** Content files that belong to uploads in progress. */
  files(): readonly string[] {
    return this.uploads.values().flatMap((upload) => Object.values(upload.parts).map(({ file }) => file));
  }

  create(request: S3Request): S3Reply {
    this.store.buckets.get(request.bucket);
    const upload: Upload = {
      id: randomUUID().replaceAll('-', ''),
      bucket: request.bucket,
      key: request.key,
      started: this.now().toISOString(),
      headers: objectHeadersOf(request.exchange.headers),
      parts: {},
    };
    this.uploads.put(upload.id, upload);
    return { xml: ['InitiateMultipartUploadResult', { Bucket: upload.bucket, Key: upload.key, UploadId: upload.id }] };
  }

  async putPart(request: S3Request): Promise<S3Reply> {
    const number = request.exchange.query.get('partNumber') ?? '';
    if (!/^[1-9]\d{0,4}$/.test(number) || Number(number) > 10_000)
      throw new AwsError('InvalidArgument', `part number must be from 1 to 10000, not '${number}'`);
    const upload = this.upload(request);
    const copied = request.exchange.headers['x-amz-copy-source'];
    const content =
      copied === undefined
        ? await this.receive(request)
        : await this.copy(copied, request.exchange.headers['x-amz-copy-source-range']);
    const current = this.uploads.get(upload.id);
    if (current === undefined) {
      this.store.files.remove(content.file);
      throw noSuchUpload();
    }
    const replaced = current.parts[number];
    const modified = this.now().toISOString();
    try {
      this.uploads.put(upload.id, { ...current, parts: { ...current.parts, [number]: { ...content, modified } } });
    } catch (error) {
      this.store.files.remove(content.file);
      throw error;
    }
    if (replaced !== undefined) this.store.files.remove(replaced.file);
    if (copied !== undefined)
      return { xml: ['CopyPartResult', { LastModified: modified, ETag: quoted(content.etag) }] };
    return { headers: { etag: quoted(content.etag), ...content.checksums } };
  }

  async complete(request: S3Request): Promise<S3Reply> {
    const upload = this.upload(request);
    const listed = partsOf(await readBody(request.exchange));
    const parts = listed.map(({ number, etag }, index) => {
      const part = upload.parts[number];
      if (part === undefined || part.etag !== etag)
        throw new AwsError('InvalidPart', `part ${number} was not uploaded, or its ETag is not ${etag}`);
      if (index > 0 && Number(number) <= Number(listed[index - 1]?.number))
        throw new AwsError('InvalidPartOrder', 'the list of parts was not in ascending order');
      return part;
    });
    const small = parts.slice(0, -1).findIndex(({ size }) => size < leastPart);
    if (small >= 0)
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
        ProposedSize: parts[small]?.size,
        MinSizeAllowed: leastPart,
        PartNumber: listed[small]?.number,
        ETag: listed[small]?.etag,
      });
    const joined = await this.store.files.join(parts.map(({ file }) => file));
    const digest = createHash('md5');
    for (const part of parts) digest.update(Buffer.from(part.etag, 'hex'));
    const content: Content = { ...joined, etag: `${digest.digest('hex')}-${parts.length}`, checksums: {} };
    const version = this.store.commit(upload.bucket, upload.key, content, {
      ...upload.headers,
      reason: 'CompleteMultipartUpload',
      ...writeConditions(request),
    });
    this.forget(upload);
    return {
      headers: versionHeader(version),
      xml: [
        'CompleteMultipartUploadResult',
        {
          Location: `/${upload.bucket}/${upload.key}`,
          Bucket: upload.bucket,
          Key: upload.key,
          ETag: quoted(version.etag),
        },
      ],
    };
  }

  abort(request: S3Request): S3Reply {
    this.forget(this.upload(request));
    return { status: 204 };
  }

  listParts(request: S3Request): S3Reply {
    const upload = this.upload(request);
    const parts = Object.entries(upload.parts)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([number, part]) => ({
        PartNumber: number,
        LastModified: part.modified,
        ETag: quoted(part.etag),
        Size: part.size,
      }));
    return {
      xml: [
        'ListPartsResult',
        {
          Bucket: upload.bucket,
          Key: upload.key,
          UploadId: upload.id,
          IsTruncated: false,
          MaxParts: 10_000,
          StorageClass: 'STANDARD',
          Part: parts,
        },
      ],
    };
  }

  listUploads(request: S3Request): S3Reply {
    this.store.buckets.get(request.bucket);
    const uploads = this.uploads.values().filter((each) => each.bucket === request.bucket);
    return {
      xml: [
        'ListMultipartUploadsResult',
        {
          Bucket: request.bucket,
          IsTruncated: false,
          Upload: uploads.map((each) => ({
            Key: each.key,
            UploadId: each.id,
            Initiated: each.started,
            StorageClass: 'STANDARD',
          })),
        },
      ],
    };
  }

  private receive(request: S3Request): Promise<Content> {
    const { source, expected } = uploadOf(request);
    return this.store.files.writeStream(source, expected);
  }

  private copy(from: string, range: string | undefined): Promise<Content> {
    const source = copySource(from);
    const found = this.store.existing(source.bucket, source.key, source.versionId);
    const version = this.store.readable(source.bucket, source.key, found);
    const path = this.store.files.path(version.file);
    const bytes = rangeOf(range, version.size);
    return bytes === undefined
      ? this.store.files.copyIn(path)
      : this.store.files.writeStream(createReadStream(path, { start: bytes[0], end: bytes[1] }));
  }

  private upload({ bucket, key, exchange }: S3Request): Upload {
    const found = this.uploads.get(exchange.query.get('uploadId') ?? '');
    if (found === undefined || found.bucket !== bucket || found.key !== key) throw noSuchUpload();
    return found;
  }

  private forget(upload: Upload): void {
    this.uploads.delete(upload.id);
    for (const part of Object.values(upload.parts)) this.store.files.remove(part.file);
  }
}

function partsOf(body: Buffer): { readonly number: string; readonly etag: string }[] {
  const parsed = parseXml(body, ['Part'], 'CompleteMultipartUpload');
  const parts = bodies(parsed, 'Part').map((part) => ({
    number: text(part, 'PartNumber'),
    etag: unquoted(text(part, 'ETag')),
  }));
  if (parts.length === 0) throw malformedXml();
  return parts;
}

/** Members of an XML request body. @param lists elements that may repeat. @throws AwsError MalformedXML. */
export function parseXml(body: Buffer, lists: readonly string[], root: string): Readonly<Record<string, unknown>> {
  const parser = new XMLParser({
    ignoreAttributes: true,
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => lists.includes(name),
  });
  let parsed: unknown;
  try {
    parsed = parser.parse(body);
  } catch {
    throw malformedXml();
  }
  const members = (parsed as Readonly<Record<string, unknown>>)[root];
  if (members === '') return {};
  if (typeof members !== 'object' || members === null) throw malformedXml();
  return members as Readonly<Record<string, unknown>>;
}

const noSuchUpload = (): AwsError =>
  new AwsError('NoSuchUpload', 'the specified upload does not exist; it may have been aborted or completed', 404);

const malformedXml = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'the XML you provided was not well-formed or did not validate against our published schema',
  );
