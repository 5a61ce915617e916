import { AwsError, messageOf } from '../core/errors';
import { isBody } from '../core/input';
import type { Control } from '../core/module';
import { type Exchange, readBody, send } from './exchange';

/**
 * Answers the account's own routes below /_local/. Web pages of other origins must not drive the account: a foreign Origin
 * or a Host that is not loopback (DNS rebinding) is refused.
 */
export async function answerControl(exchange: Exchange, controls: readonly Control[]): Promise<void> {
  try {
    refuseForeign(exchange);
    const control = controls.find((each) => each.path === exchange.path && each.method === exchange.method);
    if (control === undefined) {
      throw new AwsError(
        'NotFound',
        `no control ${exchange.method} ${exchange.path}; there are: ${controls.map((each) => `${each.method} ${each.path}`).join(', ')}`,
        404,
      );
    }
    const input =
      exchange.method === 'GET'
        ? Object.fromEntries(exchange.query)
        : { ...Object.fromEntries(exchange.query), ...jsonOf(await readBody(exchange)) };
    reply(exchange, 200, (await control.handle(input)) ?? {});
  } catch (error) {
    reply(exchange, error instanceof AwsError ? error.status : 400, {
      error: error instanceof AwsError ? error.code : 'Error',
      message: messageOf(error),
    });
  }
}

function refuseForeign(exchange: Exchange): void {
  const host = exchange.headers.host ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host))
    throw new AwsError('AccessDenied', `the host '${host}' is not this machine's loopback address`, 403);
  const origin = exchange.headers.origin;
  if (origin !== undefined && origin !== `http://${host}`)
    throw new AwsError('AccessDenied', `pages of ${origin} may not control the local account`, 403);
}

function jsonOf(body: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  if (!isBody(value)) throw new AwsError('BadRequest', 'the body must be a JSON object');
  return value;
}

function reply(exchange: Exchange, status: number, value: unknown): void {
  send(exchange, { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
}
