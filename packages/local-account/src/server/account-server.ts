import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccountError } from '../core/account-error';
import { AwsError, messageOf } from '../core/errors';
import type { Control, Site } from '../core/module';
import type { Call } from '../core/service';
import { protectiveHeaders } from './browser-guard';
import { answerControl } from './controls';
import { answerTo, type Dispatcher } from './dispatcher';
import { defaultBodyLimit, type Exchange, exchangeOf, readRaw, send, unzip } from './exchange';
import { Gate, inDialect, type Visitor } from './gate';
import { cborProtocol } from './protocols/cbor';
import { jsonProtocol } from './protocols/json';
import type { Protocol } from './protocols/protocol';
import { queryProtocol } from './protocols/query';
import { restJsonProtocol } from './protocols/rest-json';
import { type Dialect, SignatureRefusal } from './signature/refusal';
import type { SignatureVerifier } from './signature/verifier';

/** A service that reads and writes HTTP itself: S3. */
export interface RawService {
  readonly signingName: string;
  /** @param exchange whose content is verified while it is read. */
  handle(exchange: Exchange, call: Call): Promise<void>;
  /** Answers a request that is not admitted. */
  refuse(exchange: Exchange, error: AwsError): void;
}

export interface ServerParts {
  readonly dispatcher: Dispatcher;
  readonly rawServices: readonly RawService[];
  readonly controls: readonly Control[];
  readonly sites: readonly Site[];
  readonly verifier: SignatureVerifier;
}

/** The account's HTTP endpoint on 127.0.0.1. */
export class AccountServer {
  private readonly server: Server;
  private readonly gate: Gate;
  private readonly protocols: readonly Protocol[] = [cborProtocol(), jsonProtocol, queryProtocol, restJsonProtocol];

  constructor(private readonly parts: ServerParts) {
    this.gate = new Gate(parts.verifier, () => (this.server.address() as AddressInfo).port);
    this.server = createServer((request, response) => {
      const exchange = exchangeOf(request, response, randomUUID());
      void this.serve(exchange).catch((error: unknown) => this.giveUp(exchange, error));
    });
    this.server.keepAliveTimeout = 60_000;
    // Node would cut off an upload that takes longer than 300 s.
    this.server.requestTimeout = 0;
  }

  /** @throws Error that tells what to do when the port is taken. Port 0 takes a free one. */
  listen(port: number): Promise<number> {
    return new Promise((done, fail) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, port)));
      this.server.listen(port, '127.0.0.1', () => done((this.server.address() as AddressInfo).port));
    });
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.server.close(() => done());
      this.server.closeAllConnections();
    });
  }

  private async serve(exchange: Exchange): Promise<void> {
    exchange.response.setHeader('x-amzn-requestid', exchange.requestId);
    exchange.response.setHeader('server', 'mooring');
    for (const [name, value] of Object.entries(protectiveHeaders)) exchange.response.setHeader(name, value);
    const site = this.parts.sites.find((each) => each.serves(exchange));
    const visitor = this.gate.enter(exchange, (origin) => site?.admitsOrigin(exchange, origin) === true);
    if (exchange.path.startsWith('/_local/')) return answerControl(visitor, this.parts.controls);
    if (site !== undefined) return site.handle(visitor);
    const raw = this.rawService(visitor);
    return raw === undefined ? this.serveProtocol(visitor) : this.serveRaw(visitor, raw);
  }

  /** By the signature's claim; unsigned requests that no protocol speaks and no route takes are S3's, as those of a browser. */
  private rawService(visitor: Visitor): RawService | undefined {
    const { exchange } = visitor;
    const signingName = signingNameOf(visitor);
    const raw = this.parts.rawServices.find((each) => each.signingName === signingName);
    if (raw !== undefined || signingName !== undefined) return raw;
    if (this.protocolOf(exchange) !== restJsonProtocol || this.parts.dispatcher.routes(exchange)) return undefined;
    return this.parts.rawServices[0];
  }

  private async serveRaw(visitor: Visitor, raw: RawService): Promise<void> {
    try {
      const { exchange, call } = await visitor.identifyStreaming([raw.signingName]);
      return await raw.handle(exchange, call);
    } catch (error) {
      const known = inDialect(error, 's3');
      if (!(known instanceof AwsError)) throw error;
      raw.refuse(visitor.exchange, known);
    }
  }

  private async serveProtocol(visitor: Visitor): Promise<void> {
    const { exchange } = visitor;
    const protocol = this.protocolOf(exchange);
    const signingName = signingNameOf(visitor) ?? '';
    const services = this.parts.dispatcher.sharing(signingName);
    try {
      const limit = Math.max(
        ...services.map((each) => each.maxBodyBytes ?? defaultBodyLimit),
        services.length === 0 ? defaultBodyLimit : 0,
      );
      let raw: Buffer = Buffer.alloc(0);
      const { call } = await visitor.identify([signingName], async () => (raw = await readRaw(exchange, limit)));
      const body = unzip(exchange, raw, limit);
      const decoded = protocol.decode(exchange, body, services);
      const output = await this.parts.dispatcher.run(
        decoded.service,
        { signingName, operation: decoded.operation, call },
        decoded.input,
      );
      send(exchange, decoded.answer(output));
    } catch (error) {
      const known = inDialect(error, dialectOf(protocol));
      if (!(known instanceof AwsError)) throw error;
      exchange.request.resume();
      send(exchange, protocol.fail(known, exchange));
    }
  }

  private protocolOf(exchange: Exchange): Protocol {
    return this.protocols.find((each) => each.speaks(exchange)) ?? restJsonProtocol;
  }

  /** Errors outside of any service: requests of foreign pages, broken connections. */
  private giveUp(exchange: Exchange, error: unknown): void {
    const known =
      error instanceof AwsError
        ? error
        : (answerTo(error) ?? new AwsError('InternalErrorOfLocalAccount', messageOf(error)));
    exchange.request.resume();
    send(exchange, this.protocolOf(exchange).fail(known, exchange));
  }
}

/** What the request says it is signed for; nothing relies on it until the signature is verified. */
function signingNameOf(visitor: Visitor): string | undefined {
  try {
    return visitor.claim()?.service;
  } catch (error) {
    // Malformed: whoever serves it refuses it in the words of its protocol.
    if (error instanceof SignatureRefusal) return undefined;
    throw error;
  }
}

const dialectOf = ({ name }: Protocol): Dialect => (name === 'cbor' ? 'json' : name);

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new AccountError(
      `port ${port} on 127.0.0.1 is in use by another process (perhaps another local account); stop that process or choose another port with --port`,
    );
  }
  if (error.code === 'EACCES')
    return new AccountError(`this user may not listen on port ${port}; choose one above 1023 with --port`);
  return error;
}
