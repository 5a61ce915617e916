import { createHash } from 'node:crypto';
import { AwsError } from '../../../core/errors';
import type { AccessControl } from '../../../core/module';
import { isBody } from '../../../core/input';
import type { Body, Permission, Principal } from '../../../core/service';
import type { Collection, Store } from '../../../core/store';
import type { IamDirectory, Role } from './directory';
import { evaluatePolicies, matchesPattern, type Question, statementsOf, strings } from './policy';

interface Session {
  readonly roleArn: string;
  readonly name: string;
}

export interface AccessControlParts {
  readonly directory: IamDirectory;
  readonly store: Store;
  readonly accountId: string;
  readonly region: string;
  readonly endpointUrl: () => string;
  readonly now: () => Date;
}

/** Keys of a role session. */
export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Who an access key belongs to, and what its holder may do. */
export class PolicyAccessControl implements AccessControl {
  readonly administrator: Principal;
  readonly service: Principal;
  private readonly sessions: Collection<Session>;

  constructor(private readonly parts: AccessControlParts) {
    this.administrator = { kind: 'administrator', arn: `arn:aws:iam::${parts.accountId}:user/local` };
    this.service = { kind: 'service', arn: `arn:aws:iam::${parts.accountId}:root` };
    this.sessions = parts.store.collection('sts.sessions');
  }

  roleByArn(roleArn: string): Principal {
    return { kind: 'role', arn: this.parts.directory.roleByArn(roleArn).arn };
  }

  /** Any key that no role session got is the administrator's: the account belongs to whoever can reach the loopback. */
  principalOf(accessKeyId: string): Principal {
    const session = this.sessions.get(accessKeyId);
    if (session !== undefined) return { kind: 'role', arn: session.roleArn };
    if (accessKeyId.startsWith('ASIA'))
      throw new AwsError(
        'InvalidClientTokenId',
        `the session key ${accessKeyId} is not of this account; assume the role again`,
        403,
      );
    return this.administrator;
  }

  sessionName(accessKeyId: string): string | undefined {
    return this.sessions.get(accessKeyId)?.name;
  }

  /** The same keys for the same role and session name, so that sessions do not pile up. */
  openSession(roleArn: string, name: string): SessionKeys {
    const role = this.parts.directory.roleByArn(roleArn);
    const digest = createHash('sha256').update(`${role.arn} ${name}`).digest('hex').toUpperCase();
    const accessKeyId = `ASIA${digest.slice(0, 16)}`;
    if (this.sessions.get(accessKeyId) === undefined) this.sessions.put(accessKeyId, { roleArn: role.arn, name });
    return { accessKeyId, secretAccessKey: 'local', sessionToken: `local-session-${digest.slice(16, 32)}` };
  }

  credentialsFor(roleArn: string, sessionName = 'local'): Readonly<Record<string, string>> {
    const keys = this.openSession(roleArn, sessionName);
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
    if (resourceDecision === 'denied')
      throw denied(role, permission, 'the policy of the resource denies it explicitly');
    const decision = evaluatePolicies(this.parts.directory.documentsOf(role), question);
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
