import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, messageOf } from '../core/errors';
import type { Control, Site } from '../core/module';
import type { Call, Principal } from '../core/service';
import { answerControl } from './controls';
import type { Dispatcher } from './dispatcher';
import { defaultBodyLimit, type Exchange, exchangeOf, readBody, send } from './exchange';
import { cborProtocol } from './protocols/cbor';
import { jsonProtocol } from './protocols/json';
import type { Protocol } from './protocols/protocol';
import { queryProtocol } from './protocols/query';
import { restJsonProtocol } from './protocols/rest-json';
import { type Scope, scopeOf } from './scope';
import { UserError } from '../../../use-case/src/errors';

/** A service that reads and writes HTTP itself: S3. */
export interface RawService {
  readonly signingName: string;
  handle(exchange: Exchange, call: Call): Promise<void>;
}

export interface ServerParts {
  readonly dispatcher: Dispatcher;
  readonly rawServices: readonly RawService[];
  readonly controls: readonly Control[];
  readonly sites: readonly Site[];
  /** Who holds an access key. @throws AwsError when nobody does. */
  readonly principalOf: (accessKeyId: string) => Principal;
  readonly region: string;
}

/** The account's HTTP endpoint on 127.0.0.1. */
export class AccountServer {
  private readonly server: Server;
  private readonly protocols: readonly Protocol[] = [cborProtocol(), jsonProtocol, queryProtocol, restJsonProtocol];

  constructor(private readonly parts: ServerParts) {
    this.server = createServer((request, response) => {
      const exchange = exchangeOf(request, response, randomUUID());
      void this.serve(exchange).catch((error: unknown) => this.giveUp(exchange, error));
    });
    this.server.keepAliveTimeout = 60_000;
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
    if (exchange.path.startsWith('/_local/')) return answerControl(exchange, this.parts.controls);
    const site = this.parts.sites.find((each) => each.serves(exchange));
    if (site !== undefined) return site.handle(exchange);
    const scope = scopeOf(exchange);
    if (scope === undefined) return this.refuseUnsigned(exchange);
    const raw = this.parts.rawServices.find((each) => each.signingName === scope.service);
    if (raw !== undefined) return raw.handle(exchange, this.callOf(exchange, scope));
    return this.serveProtocol(exchange, scope);
  }

  private async serveProtocol(exchange: Exchange, scope: Scope): Promise<void> {
    const protocol = this.protocols.find((each) => each.speaks(exchange)) ?? restJsonProtocol;
    const services = this.parts.dispatcher.sharing(scope.service);
    try {
      const call = this.callOf(exchange, scope);
      const limit = Math.max(
        ...services.map((each) => each.maxBodyBytes ?? defaultBodyLimit),
        services.length === 0 ? defaultBodyLimit : 0,
      );
      const body = await readBody(exchange, limit);
      const decoded = protocol.decode(exchange, body, services);
      const output = await this.parts.dispatcher.run(
        decoded.service,
        { signingName: scope.service, operation: decoded.operation, call },
        decoded.input,
      );
      send(exchange, decoded.answer(output));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      send(exchange, protocol.fail(error, exchange));
    }
  }

  private callOf(exchange: Exchange, scope: Scope): Call {
    return {
      principal: this.parts.principalOf(scope.accessKeyId),
      requestId: exchange.requestId,
      region: scope.region,
      headers: exchange.headers,
    };
  }

  private refuseUnsigned(exchange: Exchange): void {
    const protocol = this.protocols.find((each) => each.speaks(exchange)) ?? restJsonProtocol;
    const error = new AwsError(
      'MissingAuthenticationToken',
      'the request is not signed; point an AWS client with any access key at this endpoint',
      403,
    );
    send(exchange, protocol.fail(error, exchange));
  }

  /** Errors outside of any protocol: unknown keys, broken connections. */
  private giveUp(exchange: Exchange, error: unknown): void {
    const known = error instanceof AwsError ? error : new AwsError('InternalErrorOfLocalAccount', messageOf(error));
    const protocol = this.protocols.find((each) => each.speaks(exchange)) ?? restJsonProtocol;
    send(exchange, protocol.fail(known, exchange));
  }
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new UserError(
      `port ${port} on 127.0.0.1 is in use by another process (perhaps another local account); stop that process or choose another port with --port`,
    );
  }
  if (error.code === 'EACCES')
    return new UserError(`this user may not listen on port ${port}; choose one above 1023 with --port`);
  return error;
}
