import { AwsError } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Body, Principal } from '../../../core/service';
import type { Exchange } from '../../../server/exchange';
import type { Deployed, RouteRecord } from './records';
import { verifySignature } from './signature';
import type { Tokens } from './tokens';

/** A caller who may go on, with what the function is told about them; or the answer that ends the request. */
export type Admission =
  | { readonly authorizer?: Body }
  | { readonly status: 401 | 403; readonly reason: string; readonly headers: Readonly<Record<string, string>> };

export interface Asked {
  readonly exchange: Exchange;
  readonly body: Buffer;
  readonly deployed: Deployed;
  readonly route: RouteRecord;
  readonly stage: string;
  /** Path below the API. */
  readonly path: string;
}

/** Decides whether a caller may use a route. */
export class Authorization {
  constructor(
    private readonly account: AccountParts,
    private readonly tokens: Tokens,
    private readonly principalOf: (accessKeyId: string) => Principal,
  ) {}

  async admit(asked: Asked): Promise<Admission> {
    switch (asked.route.authorization) {
      case 'NONE':
        return {};
      case 'AWS_IAM':
        return this.admitPrincipal(asked);
      case 'JWT':
        return this.admitToken(asked);
    }
  }

  private admitPrincipal({ exchange, body, deployed, stage, path }: Asked): Admission {
    const signed = verifySignature(exchange, body, this.account.clock.now());
    if ('refused' in signed) return forbidden(signed.refused);
    try {
      const principal = this.knownPrincipal(signed.accessKeyId);
      const resource = this.account.arn('execute-api', `${deployed.api.id}/${stage}/${exchange.method}${path}`);
      this.account.iam.authorize(principal, [{ action: 'execute-api:Invoke', resource }]);
      const { accountId } = this.account;
      const iam = { accessKey: signed.accessKeyId, accountId, userArn: principal.arn, callerId: signed.accessKeyId };
      return { authorizer: { iam } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return forbidden(error.message);
    }
  }

  /** The account lets any key in as its administrator; an API lets in keys that somebody was given. */
  private knownPrincipal(accessKeyId: string): Principal {
    const principal = this.principalOf(accessKeyId);
    if (principal.kind === 'administrator' && accessKeyId !== administratorKey)
      throw new AwsError('InvalidClientTokenId', `nobody has the access key ${accessKeyId}`, 403);
    return principal;
  }

  private async admitToken({ exchange, deployed, route }: Asked): Promise<Admission> {
    const authorizer = deployed.authorizers.find((each) => each.id === route.authorizerId);
    if (authorizer === undefined) throw new AwsError('NotFoundException', 'the route has no authorizer', 404);
    const verdict = await this.tokens.verify(exchange.headers.authorization, authorizer);
    const scope = route.scopes.join(' ');
    if ('refused' in verdict) return challenge(401, 'invalid_token', verdict.refused, scope);
    if (route.scopes.length > 0 && !route.scopes.some((each) => verdict.scopes.includes(each)))
      return challenge(403, 'insufficient_scope', `the token has none of the scopes ${scope}`, scope);
    const claims = Object.fromEntries(Object.entries(verdict.claims).map(([name, value]) => [name, claimText(value)]));
    return { authorizer: { jwt: { claims, scopes: route.scopes.length > 0 ? route.scopes : null } } };
  }
}

const administratorKey = 'AKIALOCALADMIN';

function forbidden(reason: string): Admission {
  return { status: 403, reason, headers: {} };
}

function challenge(status: 401 | 403, error: string, reason: string, scope: string): Admission {
  const header = `Bearer scope="${scope}" error="${error}" error_description="${reason}"`;
  return { status, reason, headers: { 'www-authenticate': header } };
}

/** API Gateway hands all claims over as text. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
