import { performance } from 'node:perf_hooks';
import { AwsError, messageOf } from '../../core/errors';
import type { AccountParts } from '../../core/module';
import { type Exchange, readBody, type Reply, send } from '../../server/exchange';
import { accessLine, type LogContext } from './access-log';
import { type Apis, pathPrefix } from './apis';
import type { Authorization } from './authorize';
import { corsHeaders, preflight } from './cors';
import { commonLogTime, eventOf, replyOf } from './payload';
import type { Deployed, IntegrationRecord, RouteRecord, StageRecord } from './records';
import { type Match, matchRoute } from './route-match';
import type { Throttle } from './throttle';
import '../shared/peers';

declare module '../../core/trace' {
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

/** Quotas of HTTP APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const payloadLimit = 10 * 1024 * 1024;
const headerLimit = 10_240;

/** A request and where it goes. */
interface Visit {
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
  /** What the caller was told. */
  told?: string;
}

/** An answer of the gateway itself. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
    reason: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(reason);
  }
}

/** Serves the HTTP APIs of the account below {@link pathPrefix}, or under the host `<api>.execute-api.<anything>`. */
export class Gateway {
  constructor(
    private readonly account: AccountParts,
    private readonly apis: Apis,
    private readonly authorization: Authorization,
    private readonly throttle: Throttle,
  ) {}

  serves(exchange: Exchange): boolean {
    return targetOf(exchange) !== undefined;
  }

  async handle(exchange: Exchange): Promise<void> {
    const started = performance.now();
    const target = targetOf(exchange);
    const deployed = target === undefined ? undefined : this.apis.find(target.apiId);
    if (target === undefined || deployed === undefined) return send(exchange, message(404, 'Not Found'));
    const staged = stageOf(deployed.stages, target.path);
    if (staged === undefined) return send(exchange, message(404, 'Not Found'));
    const visit: Visit = { exchange, deployed, started, ...staged };
    const reply = await this.account.clock.track(this.answer(visit));
    const headers = {
      ...reply.headers,
      ...corsHeaders(exchange, deployed.api.cors),
      'apigw-requestid': exchange.requestId,
    };
    send(exchange, { ...reply, headers });
    this.record(visit, reply);
  }

  private async answer(visit: Visit): Promise<Reply> {
    try {
      return await this.admitAndForward(visit);
    } catch (error) {
      if (error instanceof Refusal) {
        visit.refused = error.message;
        visit.told = error.text;
        const reason = { 'x-mooring-reason': error.message.replace(/[^\x20-\x7e]/g, '?') };
        return message(error.status, error.text, { ...error.headers, ...reason });
      }
      visit.refused = messageOf(error);
      return message(500, 'Internal Server Error');
    }
  }

  private async admitAndForward(visit: Visit): Promise<Reply> {
    const { exchange, deployed, stage, path } = visit;
    const granted = preflight(exchange, deployed.api.cors);
    if (granted !== undefined) return { status: 204, headers: granted, body: '' };
    const size = exchange.request.rawHeaders.reduce((sum, each) => sum + each.length, exchange.path.length);
    if (size > headerLimit)
      throw new Refusal(431, 'Request Header Fields Too Large', `headers and path exceed ${headerLimit} bytes`);
    const match = matchRoute(deployed.routes, exchange.method, path);
    if (match === undefined) throw new Refusal(404, 'Not Found', `no route for ${exchange.method} ${path}`);
    visit.route = match.route;
    if (stage.throttle !== undefined && !this.throttle.admits(`${stage.apiId}/${stage.name}`, stage.throttle))
      throw new Refusal(429, 'Too Many Requests', `more than ${stage.throttle.rate} requests per second`);
    const body = await bodyOf(exchange);
    const admission = await this.authorization.admit({ ...visit, stage: stage.name, body, route: match.route });
    if ('status' in admission) {
      const text = admission.status === 401 ? 'Unauthorized' : 'Forbidden';
      throw new Refusal(admission.status, text, admission.reason, admission.headers);
    }
    const event = this.eventFor(visit, match, body, admission.authorizer);
    return this.forward(visit, match.route, event);
  }

  private eventFor(
    { exchange, deployed, stage, path }: Visit,
    match: Match,
    body: Buffer,
    authorizer: Readonly<Record<string, unknown>> | undefined,
  ): Readonly<Record<string, unknown>> {
    return eventOf({
      exchange,
      body,
      path,
      accountId: this.account.accountId,
      apiId: deployed.api.id,
      domainName: exchange.headers.host ?? '',
      stage: stage.name,
      stageVariables: stage.variables,
      routeKey: match.route.key,
      pathParameters: match.parameters,
      time: this.account.clock.now(),
      ...(authorizer === undefined ? {} : { authorizer }),
    });
  }

  private async forward(visit: Visit, route: RouteRecord, event: Readonly<Record<string, unknown>>): Promise<Reply> {
    const integration = visit.deployed.integrations.find((each) => each.id === route.integrationId);
    if (integration === undefined) throw new Error(`the integration of route ${route.key} does not exist`);
    const began = performance.now();
    try {
      const { payload, error } = await withTimeout(this.invoke(visit, integration, event), integration.timeout);
      const reply = error === undefined ? replyOf(payload) : undefined;
      visit.integrationStatus = 200;
      if (reply !== undefined) return reply;
      visit.refused = error === undefined ? "the function's answer has no valid status" : 'the function failed';
      return message(500, 'Internal Server Error');
    } finally {
      visit.integrationLatency = performance.now() - began;
    }
  }

  private async invoke(
    { deployed, stage, exchange, path }: Visit,
    { functionArn }: IntegrationRecord,
    event: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly payload: unknown; readonly error?: string }> {
    const source = {
      service: 'apigateway.amazonaws.com',
      arn: this.account.arn('execute-api', `${deployed.api.id}/${stage.name}/${exchange.method}${path}`),
    };
    const functions = this.account.peer('functions');
    functions.requireAccess(source, functionArn);
    try {
      return await this.account.peer('lambda').invoke(functionArn, event);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException')
        throw new Refusal(503, 'Service Unavailable', error.message);
      throw error;
    }
  }

  private record(visit: Visit, reply: Reply): void {
    const { exchange, deployed, stage, route, refused } = visit;
    const latency = Math.round(performance.now() - visit.started);
    const length = Buffer.byteLength(reply.body);
    this.account.trace.emit('http.request', {
      api: deployed.api.name,
      method: exchange.method,
      route: route?.key ?? '-',
      status: reply.status,
      milliseconds: latency,
      ...(refused === undefined ? {} : { refused }),
    });
    this.measure(visit, reply.status, latency, length);
    if (stage.accessLog === undefined) return;
    const time = this.account.clock.now();
    const context: LogContext = {
      accountId: this.account.accountId,
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
      'error.message': visit.told,
      'authorizer.error': reply.status === 401 || reply.status === 403 ? visit.told : undefined,
    };
    const stream = `${deployed.api.id}-${stage.name.replace('$', '')}`;
    this.account.logs.append(stage.accessLog.group, stream, [accessLine(stage.accessLog.format, context)]);
  }

  private measure(
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
    this.account.findPeer('metrics')?.put(
      'AWS/ApiGateway',
      [apiId, staged, ...routed].flatMap((dimensions) =>
        values.map(([name, value, unit]) => ({ name, value, unit, dimensions })),
      ),
    );
  }
}

/** Which API a request is for, and the path below it. */
function targetOf({ path, headers }: Exchange): { readonly apiId: string; readonly path: string } | undefined {
  const [, host] = /^([a-z0-9]{10})\.execute-api\./.exec(headers.host ?? '') ?? [];
  if (host !== undefined) return { apiId: host, path };
  if (!path.startsWith(pathPrefix)) return undefined;
  const [apiId = '', ...rest] = path.slice(pathPrefix.length).split('/');
  return { apiId, path: `/${rest.join('/')}` };
}

/** A stage by the first segment of the path; `$default` takes what no other stage does. */
function stageOf(
  stages: readonly StageRecord[],
  path: string,
): { readonly stage: StageRecord; readonly path: string } | undefined {
  const named = stages.find((each) => path === `/${each.name}` || path.startsWith(`/${each.name}/`));
  if (named !== undefined) return { stage: named, path: path.slice(named.name.length + 1) || '/' };
  const stage = stages.find((each) => each.name === '$default');
  return stage === undefined ? undefined : { stage, path };
}

/** The body as it came: API Gateway does not unzip. */
async function bodyOf(exchange: Exchange): Promise<Buffer> {
  const { 'content-encoding': _, ...headers } = exchange.headers;
  try {
    return await readBody({ ...exchange, headers }, payloadLimit);
  } catch (error) {
    if (error instanceof AwsError && error.status === 413)
      throw new Refusal(413, 'Request Entity Too Large', `the body exceeds ${payloadLimit} bytes`);
    throw error;
  }
}

function message(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message: text }),
  };
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () => fail(new Refusal(503, 'Service Unavailable', `the function did not answer within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
