import { isBody } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { Exchange, Reply } from '../../../server/exchange';

/** What the event of payload format 2.0 is made of. */
export interface EventParts {
  readonly exchange: Exchange;
  readonly body: Buffer;
  readonly accountId: string;
  readonly apiId: string;
  readonly domainName: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routeKey: string;
  /** Path below the API. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly authorizer?: Body;
  readonly time: Date;
}

/** Types that travel as text; everything else is base64. */
const textual = /^(text\/|application\/(json|javascript|xml|[\w.+-]+\+(json|xml))|application\/x-www-form-urlencoded)/i;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, format 2.0. */
export function eventOf(parts: EventParts): Body {
  const { exchange, body, stage, path, time } = parts;
  const { cookie, ...headers } = exchange.headers;
  const asText = textual.test(headers['content-type'] ?? 'text/plain') && headers['content-encoding'] === undefined;
  const query: Record<string, string> = {};
  for (const [name, value] of exchange.query)
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  return {
    version: '2.0',
    routeKey: parts.routeKey,
    rawPath: stage === '$default' ? path : `/${stage}${path}`,
    rawQueryString: exchange.query.toString(),
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers,
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: parts.accountId,
      apiId: parts.apiId,
      ...(parts.authorizer === undefined ? {} : { authorizer: parts.authorizer }),
      domainName: parts.domainName,
      domainPrefix: parts.apiId,
      http: {
        method: exchange.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: exchange.requestId,
      routeKey: parts.routeKey,
      stage,
      time: commonLogTime(time),
      timeEpoch: time.getTime(),
    },
    ...(Object.keys(parts.pathParameters).length === 0 ? {} : { pathParameters: parts.pathParameters }),
    ...(Object.keys(parts.stageVariables).length === 0 ? {} : { stageVariables: parts.stageVariables }),
    ...(body.length === 0 ? {} : { body: body.toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !asText,
  };
}

/** The function's answer as HTTP; undefined when it is none that API Gateway understands. */
export function replyOf(answer: unknown): Reply | undefined {
  if (!isBody(answer) || answer.statusCode === undefined) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer ?? null) };
  }
  const { statusCode, body = '', isBase64Encoded } = answer;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(isBody(answer.headers) ? answer.headers : {}))
    headers[name.toLowerCase()] = String(value);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
    body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text,
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 20/Nov/2026:09:00:00 +0000. */
export function commonLogTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
