import { createHash } from 'node:crypto';
import type { AccountKeys, Keys } from '../../../core/account-keys';
import { AwsError } from '../../../core/errors';
import type { AccessControl } from '../../../core/module';
import { isBody } from '../../../core/input';
import type { Recording } from '../../../core/recording';
import type { Body, Permission, Principal } from '../../../core/service';
import { SignatureRefusal } from '../../../server/signature/refusal';
import type { KeyHolder } from '../../../server/signature/verifier';
import type { IamDirectory, Role } from './directory';
import { matchesPattern } from '../../shared/policy-pattern';
import { evaluatePolicies, type Question, statementsOf, strings } from '../../shared/policy';
import { partition } from '../../../core/partition';

export interface AccessControlParts {
  readonly directory: IamDirectory;
  readonly keys: AccountKeys;
  readonly accountId: string;
  readonly region: string;
  readonly endpointUrl: () => string;
  readonly now: () => Date;
  readonly recording?: Recording;
}

/** Who an access key belongs to, and what its holder may do. */
export class PolicyAccessControl implements AccessControl {
  readonly administrator: Principal;
  readonly service: Principal;

  constructor(private readonly parts: AccessControlParts) {
    this.administrator = { kind: 'administrator', arn: `arn:${partition}:iam::${parts.accountId}:user/local` };
    this.service = { kind: 'service', arn: `arn:${partition}:iam::${parts.accountId}:root` };
  }

  roleByArn(roleArn: string): Principal {
    return { kind: 'role', arn: this.parts.directory.roleByArn(roleArn).arn };
  }

  /** Who holds an access key. @throws SignatureRefusal when nobody does, or when the session token is not of this account and key. */
  holderOf(accessKeyId: string, sessionToken: string | undefined): KeyHolder {
    const { keys } = this.parts;
    const invalid = 'The security token included in the request is invalid.';
    if (sessionToken === undefined) {
      const { administrator } = keys;
      if (accessKeyId !== administrator.accessKeyId)
        throw new SignatureRefusal(
          'unknown key',
          `${invalid} The local account has no access key ${accessKeyId}; \`mooring env\` prints its keys`,
        );
      return { principal: this.administrator, secretAccessKey: administrator.secretAccessKey };
    }
    const session = keys.open(sessionToken);
    if (session === undefined || session.accessKeyId !== accessKeyId)
      throw new SignatureRefusal(
        'wrong token',
        `${invalid} It is of no session of this account; assume the role again`,
      );
    return {
      principal: { kind: 'role', arn: session.roleArn },
      secretAccessKey: session.secretAccessKey,
      session: session.sessionName,
      ...(session.expires === undefined ? {} : { expires: session.expires }),
    };
  }

  /** Keys for a role session that ends after some seconds of the account's clock. */
  openSession(roleArn: string, sessionName: string, seconds: number): Required<Keys> {
    const role = this.parts.directory.roleByArn(roleArn);
    const expires = this.parts.now().getTime() + seconds * 1000;
    return this.parts.keys.seal({ roleArn: role.arn, sessionName, expires });
  }

  /**
   * Keys for what a service runs as a role. They do not expire: on AWS the service renews them for as long as the work runs,
   * and a clock that is moved on must not end work that has no time to renew anything.
   */
  private serviceSession(roleArn: string, sessionName: string): Required<Keys> {
    const role = this.parts.directory.roleByArn(roleArn);
    const digest = createHash('sha256').update(`${role.arn} ${sessionName}`).digest('hex').toUpperCase();
    return this.parts.keys.seal({ roleArn: role.arn, sessionName }, digest.slice(0, 16));
  }

  credentialsFor(roleArn: string, sessionName = 'local'): Readonly<Record<string, string>> {
    const keys = this.serviceSession(roleArn, sessionName);
    return {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_REGION: this.parts.region,
      AWS_DEFAULT_REGION: this.parts.region,
      AWS_ACCOUNT_ID: this.parts.accountId,
      AWS_ENDPOINT_URL: this.parts.endpointUrl(),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
    };
  }

  authorize(principal: Principal, permissions: readonly Permission[]): void {
    if (principal.kind !== 'role') return;
    const role = this.parts.directory.roleByArn(principal.arn);
    for (const permission of permissions) this.check(role, permission);
  }

  private check(role: Role, permission: Permission): void {
    const question = this.question(role, permission);
    const resourceDecision =
      permission.resourcePolicy === undefined
        ? 'not-allowed'
        : evaluatePolicies([forPrincipal(permission.resourcePolicy, role.arn)], question);
    const documents = this.parts.directory.documentsOf(role);
    this.parts.recording?.permission({ role: role.name, ...question, byResource: resourceDecision }, documents);
    if (resourceDecision === 'denied')
      throw denied(role, permission, 'the policy of the resource denies it explicitly');
    const decision = evaluatePolicies(documents, question);
    if (decision === 'denied') throw denied(role, permission, 'a policy of the role denies it explicitly');
    if (decision === 'not-allowed' && resourceDecision !== 'allowed')
      throw denied(role, permission, 'no policy of the role allows it');
  }

  private question(role: Role, { action, resource, context = {} }: Permission): Question {
    const now = this.parts.now();
    const keys: Record<string, string | readonly string[]> = {
      'aws:principalarn': role.arn,
      'aws:principalaccount': this.parts.accountId,
      'aws:principaltype': 'AssumedRole',
      'aws:resourceaccount': this.parts.accountId,
      's3:resourceaccount': this.parts.accountId,
      'aws:requestedregion': this.parts.region,
      'aws:securetransport': 'true',
      'aws:currenttime': now.toISOString(),
      'aws:epochtime': String(Math.floor(now.getTime() / 1000)),
    };
    for (const [name, value] of Object.entries(context)) keys[name.toLowerCase()] = value;
    return { action, resource, context: keys };
  }
}

/** The statements of a resource's policy that concern a role. An Allow for the account root only delegates to the role's own policies. */
function forPrincipal(policy: Body, roleArn: string): Body {
  const concerns = (statement: Body): boolean => {
    const principal = statement.Principal;
    if (statement.NotPrincipal !== undefined) return false;
    const names = principal === '*' ? ['*'] : isBody(principal) ? strings(principal.AWS) : [];
    return names.some(
      (name) =>
        name === '*' || matchesPattern(name, roleArn) || (statement.Effect === 'Deny' && /:root$|^\d{12}$/.test(name)),
    );
  };
  return { Statement: statementsOf(policy).filter(concerns) };
}

function denied(role: Role, { action, resource }: Permission, why: string): AwsError {
  const where = role.origin === undefined ? `the role ${role.name}` : `the role of construct ${role.origin}`;
  return new AwsError(
    'AccessDeniedException',
    `${role.arn} is not authorized to perform: ${action} on resource: ${resource}, because ${why}. Grant it where ${where} gets its permissions`,
    403,
  );
}
