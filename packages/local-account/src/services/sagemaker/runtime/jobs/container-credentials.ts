import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { CredentialVariables } from '../../../../core/container-environment';
import type { AccountParts, Site } from '../../../../core/module';
import { type Exchange, send } from '../../../../server/exchange';
import type { Visitor } from '../../../../server/gate';

/** Hours after which an SDK asks again. */
const hours = 6;
const path = '/v2/credentials/';

interface Holder {
  readonly role: string;
  readonly session: string;
  readonly token: string;
}

/**
 * The credentials of jobs and hosts, as containers get them: by an HTTP endpoint that every SDK knows, not by keys in the
 * environment. AWS serves it at a link-local address (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI), which a laptop cannot do
 * without privileges; here it is the account's own port, behind a random path and a token (..._FULL_URI).
 */
export class ContainerCredentials implements Site {
  private readonly holders = new Map<string, Holder>();
  private readonly ids = new Map<string, string>();

  constructor(private readonly account: Pick<AccountParts, 'iam' | 'endpointUrl'>) {}

  /** Variables by which a container finds its role's credentials. The same for the same role and session. */
  variables(role: string, session: string): CredentialVariables {
    const name = `${role} ${session}`;
    const id = this.ids.get(name) ?? randomBytes(16).toString('hex');
    const holder = this.holders.get(id) ?? { role, session, token: randomBytes(24).toString('base64url') };
    this.ids.set(name, id);
    this.holders.set(id, holder);
    return {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${this.account.endpointUrl()}${path}${id}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: holder.token,
    };
  }

  serves(exchange: Exchange): boolean {
    return exchange.method === 'GET' && exchange.path.startsWith(path);
  }

  /** Pages of a browser have nothing to do with credentials. */
  admitsOrigin(): boolean {
    return false;
  }

  /** The token stands for a signature: who asks has no keys yet. */
  handle({ exchange }: Visitor): Promise<void> {
    const holder = this.holders.get(exchange.path.slice(path.length));
    if (holder === undefined || !equal(exchange.headers['authorization'] ?? '', holder.token)) {
      reply(exchange, 403, { code: 'AccessDenied', message: 'no container has these credentials' });
      return Promise.resolve();
    }
    const keys = this.account.iam.credentialsFor(holder.role, holder.session);
    reply(exchange, 200, {
      RoleArn: holder.role,
      AccessKeyId: keys['AWS_ACCESS_KEY_ID'],
      SecretAccessKey: keys['AWS_SECRET_ACCESS_KEY'],
      Token: keys['AWS_SESSION_TOKEN'],
      // SDKs compare it with the machine's clock, whatever time it is in the account.
      Expiration: new Date(Date.now() + hours * 3_600_000).toISOString(),
    });
    return Promise.resolve();
  }
}

function equal(given: string, wanted: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}

function reply(exchange: Exchange, status: number, value: unknown): void {
  send(exchange, { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
}
