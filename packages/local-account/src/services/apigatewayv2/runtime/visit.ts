import { performance } from 'node:perf_hooks';
import type { AccountParts } from '../../../core/module';
import type { Exchange, Reply } from '../../../server/exchange';
import type { Visitor } from '../../../server/gate';
import '../../shared/peers';
import { accessLine, type LogContext } from './access-log';
import { commonLogTime } from './payload';
import type { Deployed, RouteRecord, StageRecord } from './records';

declare module '../../../core/trace' {
  interface TraceEvents {
    'http.request': {
      readonly api: string;
      readonly method: string;
      readonly route: string;
      readonly status: number;
      readonly milliseconds: number;
      /** Why the gateway itself refused the request. */
      readonly refused?: string;
    };
  }
}

/** A request and where it goes. */
export interface Visit {
  readonly visitor: Visitor;
  readonly exchange: Exchange;
  readonly deployed: Deployed;
  readonly stage: StageRecord;
  readonly path: string;
  readonly started: number;
  route?: RouteRecord;
  integrationLatency?: number;
  integrationStatus?: number;
  /** Why the gateway itself answered; for the trace, because it may name the caller. */
  refused?: string;
  /** The error message of the reply. */
  message?: string;
}

/** Traces a visit, counts it, and writes its line of the access log. */
export function recordVisit(account: AccountParts, visit: Visit, reply: Reply): void {
  const { exchange, deployed, stage, route, refused } = visit;
  const latency = Math.round(performance.now() - visit.started);
  const length = Buffer.byteLength(reply.body);
  account.trace.emit('http.request', {
    api: deployed.api.name,
    method: exchange.method,
    route: route?.key ?? '-',
    status: reply.status,
    milliseconds: latency,
    ...(refused === undefined ? {} : { refused }),
  });
  measure(account, visit, reply.status, latency, length);
  if (stage.accessLog === undefined) return;
  const time = account.clock.now();
  const context: LogContext = {
    accountId: account.accountId,
    apiId: deployed.api.id,
    stage: stage.name,
    requestId: exchange.requestId,
    extendedRequestId: exchange.requestId,
    requestTime: commonLogTime(time),
    requestTimeEpoch: time.getTime(),
    routeKey: route?.key,
    httpMethod: exchange.method,
    path: visit.path,
    protocol: 'HTTP/1.1',
    status: reply.status,
    responseLatency: latency,
    responseLength: length,
    integrationLatency: visit.integrationLatency === undefined ? undefined : Math.round(visit.integrationLatency),
    integrationStatus: visit.integrationStatus,
    'identity.sourceIp': '127.0.0.1',
    'identity.userAgent': exchange.headers['user-agent'],
    'error.message': visit.message,
    'authorizer.error': reply.status === 401 || reply.status === 403 ? visit.message : undefined,
  };
  const stream = `${deployed.api.id}-${stage.name.replace('$', '')}`;
  account.logs.append(stage.accessLog.group, stream, [accessLine(stage.accessLog.format, context)]);
}

function measure(
  account: AccountParts,
  { exchange, deployed, stage, route, integrationLatency }: Visit,
  status: number,
  latency: number,
  size: number,
): void {
  const apiId = { ApiId: deployed.api.id };
  const staged = { ...apiId, Stage: stage.name };
  const routed =
    stage.detailedMetrics && route !== undefined
      ? [{ ...staged, Method: exchange.method, Resource: route.key.split(' ').at(-1) ?? '' }]
      : [];
  const values: readonly (readonly [string, number, string])[] = [
    ['Count', 1, 'Count'],
    ['4xx', status >= 400 && status < 500 ? 1 : 0, 'Count'],
    ['5xx', status >= 500 ? 1 : 0, 'Count'],
    ['Latency', latency, 'Milliseconds'],
    ['DataProcessed', size, 'Bytes'],
    ...(integrationLatency === undefined
      ? []
      : [['IntegrationLatency', Math.round(integrationLatency), 'Milliseconds'] as const]),
  ];
  account.findPeer('metrics')?.put(
    'AWS/ApiGateway',
    [apiId, staged, ...routed].flatMap((dimensions) =>
      values.map(([name, value, unit]) => ({ name, value, unit, dimensions })),
    ),
  );
}
