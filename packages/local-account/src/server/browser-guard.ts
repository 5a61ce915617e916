import { AwsError } from '../core/errors';
import type { Exchange } from './exchange';
import { isOwnHost } from './virtual-hosts';

/**
 * Headers of every answer: no page may frame it, guess its type or read it across origins; HTML that somebody stored in the
 * account runs without the account's origin.
 */
export const protectiveHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "sandbox allow-scripts allow-downloads allow-popups; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/**
 * Refuses what a web page of another origin sends, whatever it asks for. Programs send neither Origin nor Sec-Fetch-Site,
 * and a Host that they were given; browsers send all three, and a page cannot change them.
 *
 * @param port that the account listens on.
 * @param admitsOrigin whether the one who answers lets pages of that origin in (CORS of an HTTP API).
 * @throws AwsError AccessDenied
 */
export function refuseForeign(exchange: Exchange, port: number, admitsOrigin: (origin: string) => boolean): void {
  const { headers, path } = exchange;
  const { host = '', origin, upgrade } = headers;
  if (!path.startsWith('/') && path !== '*') throw denied('the request target is not a path of the account');
  const [, name = '', given = '80'] = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase()) ?? [];
  if (!isOwnHost(name) || Number(given) !== port)
    throw denied(`the host '${host}' is not an address of this account; use http://127.0.0.1:${port}`);
  if (upgrade?.toLowerCase().includes('websocket') === true) throw denied('the account has no WebSocket');
  if (origin !== undefined && admitsOrigin(origin)) return;
  if (origin !== undefined && origin !== `http://${host}`)
    throw denied(`pages of ${origin} may not use the local account`);
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'none' && site !== 'same-origin')
    throw denied(`pages of other origins may not use the local account (Sec-Fetch-Site: ${site})`);
}

/** Whether a web page sent a request to a server that only programs of this machine use. */
export function isFromPage(headers: Readonly<Record<string, unknown>>, port: number): boolean {
  return (
    headers.host !== `127.0.0.1:${port}` || headers.origin !== undefined || headers['sec-fetch-site'] !== undefined
  );
}

const denied = (message: string): AwsError => new AwsError('AccessDenied', message, 403);
