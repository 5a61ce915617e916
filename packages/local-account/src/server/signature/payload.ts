import { createHash, createHmac } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { AwsError } from '../../core/errors';

/** What the payload of an admitted request has to match, as its signature says. */
export type PayloadCheck =
  { readonly kind: 'unsigned' } | { readonly kind: 'hash'; readonly sha256: string } | ChunkSeed;

/** Where the chain of chunk signatures starts: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
export interface ChunkSeed {
  readonly kind: 'chunks';
  /** Whether trailing headers are signed as well. */
  readonly trailer: boolean;
  readonly key: Uint8Array;
  readonly stamp: string;
  readonly scope: string;
  /** Signature of the request itself. */
  readonly signature: string;
}

const empty = createHash('sha256').update('').digest('hex');

/** The chain of signatures over the chunks of one payload. */
export class ChunkSignatures {
  private previous: string;
  private hash = createHash('sha256');

  constructor(private readonly seed: ChunkSeed) {
    this.previous = seed.signature;
  }

  get signsTrailer(): boolean {
    return this.seed.trailer;
  }

  update(data: Buffer): void {
    this.hash.update(data);
  }

  /** Ends a chunk. @throws AwsError when its signature is missing or wrong. */
  endChunk(signature: string | undefined): void {
    this.check('AWS4-HMAC-SHA256-PAYLOAD', [empty, this.hash.digest('hex')], signature);
    this.hash = createHash('sha256');
  }

  /** @param lines `name:value\n` of each trailing header, in the order sent. */
  endTrailer(lines: string, signature: string | undefined): void {
    this.check('AWS4-HMAC-SHA256-TRAILER', [createHash('sha256').update(lines).digest('hex')], signature);
  }

  private check(algorithm: string, hashes: readonly string[], signature: string | undefined): void {
    const { key, stamp, scope } = this.seed;
    const text = [algorithm, stamp, scope, this.previous, ...hashes].join('\n');
    const expected = createHmac('sha256', key).update(text).digest('hex');
    if (signature !== expected)
      throw new AwsError(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature of a chunk of the payload',
        403,
      );
    this.previous = expected;
  }
}

/** Lets content through that has the announced SHA-256. The end never comes for any other, so nothing of it is kept. */
export class HashCheck extends Transform {
  private readonly hash = createHash('sha256');

  constructor(private readonly expected: string) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(
      this.hash.digest('hex') === this.expected
        ? null
        : new AwsError(
            'XAmzContentSHA256Mismatch',
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
          ),
    );
  }
}
