import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFromPage } from '../../../server/browser-guard';

/** The side of a worker that the Runtime API talks to. */
export interface RuntimeSession {
  /** The process asks for its next invocation. */
  next(respond: (invocation: RuntimeInvocation) => void): void;
  finished(requestId: string, kind: 'response' | 'error', body: string): void;
  initFailed(body: string): void;
}

export interface RuntimeInvocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** Real time in milliseconds. */
  readonly deadline: number;
  readonly payload: string;
}

const limit = 7 * 1024 * 1024;

/** The Lambda Runtime API on loopback, one path prefix a worker, so that handlers run unmodified. */
export class RuntimeApi {
  private readonly sessions = new Map<string, RuntimeSession>();
  private server: Promise<Server> | undefined;

  /** Adds a worker; gives what its AWS_LAMBDA_RUNTIME_API has to be. */
  async open(id: string, session: RuntimeSession): Promise<string> {
    this.sessions.set(id, session);
    this.server ??= this.listen();
    const { port } = (await this.server).address() as AddressInfo;
    return `127.0.0.1:${port}/${id}`;
  }

  close(id: string): void {
    this.sessions.delete(id);
  }

  async stop(): Promise<void> {
    const server = await this.server;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }

  private listen(): Promise<Server> {
    return new Promise((done, fail) => {
      const server = createServer(
        { requestTimeout: 0, keepAliveTimeout: 0 },
        (request, response) => void this.answer(request, response),
      );
      server.on('error', fail);
      server.listen(0, '127.0.0.1', () => done(server));
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id = '', , , kind, requestId = '', outcome] = (request.url ?? '').split('/');
    const session = this.sessions.get(id);
    const end = (status: number): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    if (isFromPage(request.headers, request.socket.localPort ?? 0)) return end(403);
    if (session === undefined) return end(404);
    if (kind === 'invocation' && requestId === 'next') {
      session.next(({ requestId: invocation, functionArn, deadline, payload }) =>
        response
          .writeHead(200, {
            'content-type': 'application/json',
            'lambda-runtime-aws-request-id': invocation,
            'lambda-runtime-deadline-ms': String(deadline),
            'lambda-runtime-invoked-function-arn': functionArn,
            'lambda-runtime-trace-id': `Root=1-${invocation.slice(0, 8)}`,
          })
          .end(payload),
      );
      return;
    }
    const body = await read(request);
    if (kind === 'init') session.initFailed(body);
    else if (outcome === 'response' || outcome === 'error') session.finished(requestId, outcome, body);
    end(202);
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size > limit
    ? JSON.stringify({
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      })
    : Buffer.concat(chunks).toString('utf8');
}
