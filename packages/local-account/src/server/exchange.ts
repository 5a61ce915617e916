import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { AwsError } from '../core/errors';
import { decodeAwsChunked, endWith, isAwsChunked } from './aws-chunked';
import { ChunkSignatures, HashCheck, type PayloadCheck } from './signature/payload';

export const defaultBodyLimit = 8 * 1024 * 1024;

/** One HTTP request and the response being written to it. */
export interface Exchange {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the payload must match, where a service reads it itself. */
  readonly payload?: PayloadCheck;
}

/** What a protocol layer answers. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export function exchangeOf(request: IncomingMessage, response: ServerResponse, requestId: string): Exchange {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers,
    requestId,
    request,
    response,
  };
}

/** The request's content without transfer framing (aws-chunked is undone). Reading it fails where it is not what was signed. */
export function contentOf({ request, headers, payload }: Exchange): Readable {
  const content = payload?.kind === 'hash' ? checked(request, payload.sha256) : request;
  if (!isAwsChunked(headers)) return content;
  return decodeAwsChunked(content, payload?.kind === 'chunks' ? new ChunkSignatures(payload) : undefined);
}

function checked(source: Readable, sha256: string): Readable {
  const check = new HashCheck(sha256);
  endWith(source, check);
  return source.pipe(check);
}

/** The whole content in memory, unzipped. @throws AwsError 413 when it is larger than `limit` bytes, before or after unzipping. */
export async function readBody(exchange: Exchange, limit = defaultBodyLimit): Promise<Buffer> {
  return unzip(exchange, await readRaw(exchange, limit), limit);
}

/** The whole content in memory as it was sent. @throws AwsError 413 when it is larger than `limit` bytes. */
export function readRaw(exchange: Exchange, limit = defaultBodyLimit): Promise<Buffer> {
  if (Number(exchange.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return collect(contentOf(exchange), limit);
}

/** Undoes Content-Encoding: gzip. @throws AwsError 413 when the result is larger than `limit` bytes. */
export function unzip(exchange: Exchange, content: Buffer, limit = defaultBodyLimit): Buffer {
  if (exchange.headers['content-encoding']?.includes('gzip') !== true) return content;
  try {
    return gunzipSync(content, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new AwsError('InvalidContentEncoding', 'the body is not valid gzip, though Content-Encoding says so');
  }
}

/** Reads to the end. On overflow the rest is read and dropped, so that the client can finish sending and read the answer. */
function collect(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else fail(tooLarge(limit));
    });
    stream.on('end', () => done(Buffer.concat(chunks)));
    stream.on('error', fail);
    stream.on('close', () =>
      fail(new AwsError('IncompleteBody', 'the client closed the connection before the body was complete')),
    );
  });
}

export function send(exchange: Exchange, reply: Reply): void {
  const { response } = exchange;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length) });
  response.end(exchange.method === 'HEAD' ? undefined : body);
}

function tooLarge(limit: number): AwsError {
  return new AwsError(
    'RequestEntityTooLargeException',
    `the request body is larger than the ${limit} bytes this service accepts`,
    413,
  );
}
