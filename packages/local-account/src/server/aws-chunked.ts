import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { AwsError } from '../core/errors';
import type { ChunkSignatures } from './signature/payload';

const maxHeaderBytes = 16 * 1024;
const maxTrailers = 32;

export function isAwsChunked(headers: Readonly<Record<string, string>>): boolean {
  return (
    headers['content-encoding']?.includes('aws-chunked') === true ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true
  );
}

/**
 * Undoes aws-chunked framing: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n`, a chunk of size 0, then trailers. Where the
 * request signs its chunks, each one's signature is verified before the next is read.
 */
class AwsChunkedDecoder extends Transform {
  /** Trailing headers (checksums), names in lower case; complete when the stream has ended. */
  readonly trailers: Record<string, string> = {};
  private pending: Buffer = Buffer.alloc(0);
  private state: 'size' | 'data' | 'gap' | 'trailer' = 'size';
  private left = 0;
  private signature: string | undefined;
  private trailerCount = 0;
  private trailerLines = '';
  private trailerSignature: string | undefined;

  constructor(private readonly signatures: ChunkSignatures | undefined) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    try {
      while (this.step());
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.state !== 'trailer')
      return done(new AwsError('IncompleteBody', 'the aws-chunked body ended in the middle of a chunk'));
    try {
      if (this.signatures?.signsTrailer === true) this.signatures.endTrailer(this.trailerLines, this.trailerSignature);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private step(): boolean {
    if (this.state === 'data') return this.data();
    const line = this.line();
    if (line === undefined) return false;
    if (this.state === 'gap') {
      if (line !== '') throw malformed();
      this.signatures?.endChunk(this.signature);
      this.state = 'size';
    } else if (this.state === 'size') {
      const [, size, extension = ''] = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(line) ?? [];
      if (size === undefined) throw malformed();
      this.left = parseInt(size, 16);
      this.signature = /^;chunk-signature=([0-9a-f]{64})$/.exec(extension)?.[1];
      if (this.left === 0) this.signatures?.endChunk(this.signature);
      this.state = this.left === 0 ? 'trailer' : 'data';
    } else {
      this.trailerCount += 1;
      if (this.trailerCount > maxTrailers) throw malformed();
      this.trailer(line);
    }
    return true;
  }

  private trailer(line: string): void {
    const colon = line.indexOf(':');
    if (colon < 1) return;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'x-amz-trailer-signature') {
      this.trailerSignature = value;
      return;
    }
    this.trailers[name] = value;
    this.trailerLines += `${name}:${value}\n`;
  }

  private data(): boolean {
    if (this.pending.length === 0) return false;
    const part = this.pending.subarray(0, this.left);
    this.push(part);
    this.signatures?.update(part);
    this.left -= part.length;
    this.pending = this.pending.subarray(part.length);
    if (this.left === 0) this.state = 'gap';
    return true;
  }

  private line(): string | undefined {
    const end = this.pending.indexOf('\r\n');
    if (end < 0) {
      if (this.pending.length > maxHeaderBytes) throw malformed();
      return undefined;
    }
    const line = this.pending.subarray(0, end).toString('latin1');
    this.pending = this.pending.subarray(end + 2);
    return line;
  }
}

export type AwsChunkedStream = Readable & { readonly trailers: Readonly<Record<string, string>> };

/** @param signatures of the chunks, where they are signed. */
export function decodeAwsChunked(source: Readable, signatures?: ChunkSignatures): AwsChunkedStream {
  const decoder = new AwsChunkedDecoder(signatures);
  endWith(source, decoder);
  return source.pipe(decoder);
}

/** What reads from a stream fails when the stream does. */
export function endWith(source: Readable, reader: Transform): void {
  source.on('error', (error) => reader.destroy(error));
  source.on('aborted', () =>
    reader.destroy(new AwsError('IncompleteBody', 'the client closed the connection before the body was complete')),
  );
}

function malformed(): AwsError {
  return new AwsError('InvalidRequest', 'the aws-chunked body is malformed');
}
