import { parseJson } from '../core/json';
import { AwsError, messageOf } from '../core/errors';
import { isBody } from '../core/input';
import type { Control } from '../core/module';
import { answerTo } from './dispatcher';
import { controlService } from '../core/signed-fetch';
import { type Exchange, readRaw, send } from './exchange';
import { inDialect, type Visitor } from './gate';

/** Answers the account's own routes below /_local/: signed for the service `mooring`, by the administrator unless a route is open to roles. */
export async function answerControl(visitor: Visitor, controls: readonly Control[]): Promise<void> {
  const { exchange } = visitor;
  try {
    let body: Buffer = Buffer.alloc(0);
    const { call } = await visitor.identify([controlService], async () => (body = await readRaw(exchange)));
    const control = controls.find((each) => each.path === exchange.path && each.method === exchange.method);
    if (control === undefined) {
      throw new AwsError(
        'NotFound',
        `no control ${exchange.method} ${exchange.path}; there are: ${controls.map((each) => `${each.method} ${each.path}`).join(', ')}`,
        404,
      );
    }
    if (call.principal.kind === 'role' && control.openToRoles !== true)
      throw new AwsError(
        'AccessDenied',
        `${call.principal.arn} may not call ${control.path}; only the keys of \`mooring env\` may`,
        403,
      );
    const query = Object.fromEntries([...exchange.query].filter(([name]) => !/^x-amz-/i.test(name)));
    reply(exchange, 200, (await control.handle({ ...query, ...jsonOf(body) })) ?? {});
  } catch (error) {
    const worded = inDialect(error, 'rest-json');
    const known = worded instanceof AwsError ? worded : answerTo(worded);
    reply(exchange, known?.status ?? 400, { error: known?.code ?? 'Error', message: messageOf(known ?? worded) });
  }
}

function jsonOf(body: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = body.length === 0 ? {} : parseJson(body.toString('utf8'));
  if (!isBody(value)) throw new AwsError('BadRequest', 'the body must be a JSON object');
  return value;
}

function reply(exchange: Exchange, status: number, value: unknown): void {
  send(exchange, { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
}
