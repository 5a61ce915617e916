import { labelsOf } from '../../core/path-template';
import { AwsError } from '../../core/errors';
import type { AwsService, Body, Route } from '../../core/service';
import type { Exchange, Reply } from '../exchange';
import { jsonValue, parseJsonBody } from './json-values';
import type { Decoded, Protocol } from './protocol';

/** REST-JSON: method and path name the operation; path labels, query, headers and the JSON body hold its members. */
export const restJsonProtocol: Protocol = {
  name: 'rest-json',
  speaks: () => true,
  decode: (exchange, body, services) => {
    const found = findRoute(exchange, services);
    if (found === undefined)
      return {
        service: undefined,
        operation: `${exchange.method} ${exchange.path}`,
        input: {},
        answer: () => ({ status: 404, headers: {}, body: '' }),
      };
    return decodeRoute(exchange, body, found);
  },
  fail: (error) => ({
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
    body: JSON.stringify(jsonValue({ message: error.message, Message: error.message, ...error.detail })),
  }),
};

interface Found {
  readonly service: AwsService;
  readonly route: Route;
  readonly labels: Readonly<Record<string, string>>;
}

function findRoute(exchange: Exchange, services: readonly AwsService[]): Found | undefined {
  const found: Found[] = [];
  for (const service of services) {
    for (const route of service.routes ?? []) {
      if (route.method !== exchange.method) continue;
      const labels = matchPath(route.path, exchange.path);
      if (labels !== undefined) found.push({ service, route, labels });
    }
  }
  // A literal segment beats a label: /functions/x/policy is not a function named x/policy.
  return found.sort(
    (a, b) => Object.keys(a.labels).length - Object.keys(b.labels).length || b.route.path.length - a.route.path.length,
  )[0];
}

/** Labels of a path that fits the pattern, decoded. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const labels = labelsOf(pattern.replace(/\/$/, ''), path.replace(/\/$/, ''));
  if (labels === undefined) return undefined;
  try {
    return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new AwsError('BadRequestException', `the path ${path} is not validly percent-encoded`);
  }
}

function decodeRoute(exchange: Exchange, body: Buffer, { service, route, labels }: Found): Decoded {
  const input: Record<string, unknown> =
    route.payload === undefined ? { ...parseJsonBody(body) } : { [route.payload]: body };
  for (const [member, name] of Object.entries(route.query ?? {})) {
    const values = exchange.query.getAll(name);
    if (values.length > 0) input[member] = values.length === 1 ? values[0] : values;
  }
  for (const [member, name] of Object.entries(route.headers ?? {})) {
    const value = exchange.headers[name.toLowerCase()];
    if (value !== undefined) input[member] = value;
  }
  return {
    service,
    operation: route.operation,
    input: { ...input, ...labels },
    answer: (output) => answerRoute(route, output),
  };
}

function answerRoute(route: Route, output: Body): Reply {
  const headers: Record<string, string> = {};
  const rest: Record<string, unknown> = { ...output };
  for (const [member, name] of Object.entries(route.responseHeaders ?? {})) {
    const value = rest[member];
    delete rest[member];
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  const status = route.status ?? 200;
  if (route.responsePayload !== undefined) {
    const payload = output[route.responsePayload];
    const bytes =
      payload instanceof Uint8Array ? Buffer.from(payload) : Buffer.from(typeof payload === 'string' ? payload : '');
    return { status, headers: { 'content-type': 'application/octet-stream', ...headers }, body: bytes };
  }
  if (status === 204) return { status, headers, body: '' };
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(jsonValue(rest)) };
}
