import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { AwsError } from '../core/errors';

const maxHeaderBytes = 16 * 1024;

export function isAwsChunked(headers: Readonly<Record<string, string>>): boolean {
  return (
    headers['content-encoding']?.includes('aws-chunked') === true ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true
  );
}

/** Undoes aws-chunked framing: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n`, a chunk of size 0, then trailers. */
class AwsChunkedDecoder extends Transform {
  /** Trailing headers (checksums), names in lower case; complete when the stream has ended. */
  readonly trailers: Record<string, string> = {};
  private pending: Buffer = Buffer.alloc(0);
  private state: 'size' | 'data' | 'gap' | 'trailer' = 'size';
  private left = 0;

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
    done(
      this.state === 'trailer'
        ? null
        : new AwsError('IncompleteBody', 'the aws-chunked body ended in the middle of a chunk'),
    );
  }

  private step(): boolean {
    if (this.state === 'data') return this.data();
    const line = this.line();
    if (line === undefined) return false;
    if (this.state === 'gap') {
      if (line !== '') throw malformed();
      this.state = 'size';
    } else if (this.state === 'size') {
      const size = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(line)?.[1];
      if (size === undefined) throw malformed();
      this.left = parseInt(size, 16);
      this.state = this.left === 0 ? 'trailer' : 'data';
    } else {
      const colon = line.indexOf(':');
      if (colon > 0) this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    return true;
  }

  private data(): boolean {
    if (this.pending.length === 0) return false;
    const part = this.pending.subarray(0, this.left);
    this.push(part);
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

export function decodeAwsChunked(source: Readable): AwsChunkedStream {
  const decoder = new AwsChunkedDecoder();
  source.on('error', (error) => decoder.destroy(error));
  source.on('aborted', () =>
    decoder.destroy(new AwsError('IncompleteBody', 'the client closed the connection before the body was complete')),
  );
  return source.pipe(decoder);
}

function malformed(): AwsError {
  return new AwsError('InvalidRequest', 'the aws-chunked body is malformed');
}
