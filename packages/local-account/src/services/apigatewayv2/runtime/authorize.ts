import { AwsError } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Visitor } from '../../../server/gate';
import { SignatureRefusal } from '../../../server/signature/refusal';
import type { Deployed, RouteRecord } from './records';
import type { Tokens } from './tokens';

/** A caller who may go on, with the context that the function receives; or the answer that ends the request. */
export type Admission =
  | { readonly authorizer?: Body }
  | { readonly status: 401 | 403; readonly reason: string; readonly headers: Readonly<Record<string, string>> };

export interface Asked {
  readonly visitor: Visitor;
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

  private async admitPrincipal({ visitor, body, deployed, stage, path }: Asked): Promise<Admission> {
    try {
      const { accessKeyId, call } = await visitor.identify(['execute-api'], () => Promise.resolve(body));
      const { principal } = call;
      const { method } = visitor.exchange;
      const resource = this.account.arn('execute-api', `${deployed.api.id}/${stage}/${method}${path}`);
      this.account.iam.authorize(principal, [{ action: 'execute-api:Invoke', resource }]);
      const { accountId } = this.account;
      const iam = { accessKey: accessKeyId, accountId, userArn: principal.arn, callerId: accessKeyId };
      return { authorizer: { iam } };
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof SignatureRefusal)) throw error;
      return forbidden(error.message);
    }
  }

  private async admitToken({ visitor, deployed, route }: Asked): Promise<Admission> {
    const authorizer = deployed.authorizers.find((each) => each.id === route.authorizerId);
    if (authorizer === undefined) throw new AwsError('NotFoundException', 'the route has no authorizer', 404);
    const verdict = await this.tokens.verify(visitor.exchange.headers.authorization, authorizer);
    const scope = route.scopes.join(' ');
    if ('refused' in verdict) return challenge(401, 'invalid_token', verdict.refused, scope);
    if (route.scopes.length > 0 && !route.scopes.some((each) => verdict.scopes.includes(each)))
      return challenge(403, 'insufficient_scope', `the token has none of the scopes ${scope}`, scope);
    const claims = Object.fromEntries(Object.entries(verdict.claims).map(([name, value]) => [name, claimText(value)]));
    return { authorizer: { jwt: { claims, scopes: route.scopes.length > 0 ? route.scopes : null } } };
  }
}

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
