import type { Exchange } from '../../../server/exchange';
import type { CorsSettings } from './records';

/** Headers that let a page of another origin read an answer; none when its origin is not listed. */
export function corsHeaders(exchange: Exchange, cors: CorsSettings | undefined): Readonly<Record<string, string>> {
  const { origin } = exchange.headers;
  if (cors === undefined || origin === undefined || !allows(cors.AllowOrigins, origin)) return {};
  return {
    'access-control-allow-origin': cors.AllowOrigins.includes('*') ? '*' : origin,
    ...(cors.AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders.length === 0 ? {} : { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
    vary: 'origin',
  };
}

/** Headers of the answer to a preflight; undefined when the request is none. */
export function preflight(
  exchange: Exchange,
  cors: CorsSettings | undefined,
): Readonly<Record<string, string>> | undefined {
  const method = exchange.headers['access-control-request-method'];
  if (cors === undefined || exchange.method !== 'OPTIONS' || method === undefined) return undefined;
  const granted = corsHeaders(exchange, cors);
  if (Object.keys(granted).length === 0) return {};
  return {
    ...granted,
    'access-control-allow-methods': cors.AllowMethods.join(','),
    'access-control-allow-headers': cors.AllowHeaders.join(','),
    ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
  };
}

function allows(allowed: readonly string[], origin: string): boolean {
  return allowed.some((each) => each === '*' || each === origin);
}
