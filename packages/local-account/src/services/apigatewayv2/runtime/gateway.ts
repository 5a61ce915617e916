import { performance } from 'node:perf_hooks';
import { AwsError, messageOf } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import { type Exchange, readRaw, type Reply, send } from '../../../server/exchange';
import type { Visitor } from '../../../server/gate';
import type { Apis } from './apis';
import type { Authorization } from './authorize';
import { corsHeaders, preflight } from './cors';
import { eventOf, replyOf } from './payload';
import { recordVisit, type Visit } from './visit';
import { stageOf, targetOf } from './request-target';
import type { IntegrationRecord, RouteRecord } from './records';
import { type Match, matchRoute } from './route-match';
import type { Throttle } from './throttle';
import '../../shared/peers';

/** Quotas of HTTP APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const payloadLimit = 10 * 1024 * 1024;
const headerLimit = 10_240;

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

/** Serves the HTTP APIs of the account below /_aws/execute-api/<api>, or under the host `<api>.execute-api.<region>.localhost`. */
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

  /** The origins that the API's CORS names. `*` names none: a laptop's API is for nobody's pages but those its owner lists. */
  admitsOrigin(exchange: Exchange, origin: string): boolean {
    const target = targetOf(exchange);
    const deployed = target === undefined ? undefined : this.apis.find(target.apiId);
    return deployed?.api.cors?.AllowOrigins.includes(origin) === true;
  }

  async handle(visitor: Visitor): Promise<void> {
    const { exchange } = visitor;
    const started = performance.now();
    const target = targetOf(exchange);
    const deployed = target === undefined ? undefined : this.apis.find(target.apiId);
    if (target === undefined || deployed === undefined) return send(exchange, message(404, 'Not Found'));
    const staged = stageOf(deployed.stages, target.path);
    if (staged === undefined) return send(exchange, message(404, 'Not Found'));
    const visit: Visit = { visitor, exchange, deployed, started, ...staged };
    const reply = await this.account.clock.track(this.answer(visit));
    const headers = {
      ...reply.headers,
      ...corsHeaders(exchange, deployed.api.cors),
      'apigw-requestid': exchange.requestId,
    };
    send(exchange, { ...reply, headers });
    recordVisit(this.account, visit, reply);
  }

  private async answer(visit: Visit): Promise<Reply> {
    try {
      return await this.admitAndForward(visit);
    } catch (error) {
      if (error instanceof Refusal) {
        visit.refused = error.message;
        visit.message = error.text;
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
}

/** The body as it came: API Gateway does not unzip. */
async function bodyOf(exchange: Exchange): Promise<Buffer> {
  try {
    return await readRaw(exchange, payloadLimit);
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
