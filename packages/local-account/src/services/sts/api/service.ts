import { AwsError } from '../../../core/errors';
import { optionalNumber, text } from '../../../core/input';
import type { AwsService, Body, Call, Operation, Permission, Principal } from '../../../core/service';
import type { IamDirectory, PolicyAccessControl, Role } from '../../iam';
import { partition } from '../../../core/partition';

/** STS: who am I, and sessions of roles. */
export class StsService implements AwsService {
  readonly signingName = 'sts';
  readonly xmlNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(
    private readonly directory: IamDirectory,
    private readonly access: PolicyAccessControl,
    private readonly accountId: string,
  ) {
    this.operations = {
      GetCallerIdentity: (_input, call) => this.identity(call),
      AssumeRole: (input, call) => this.assumeRole(input, call),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    if (operation !== 'AssumeRole') return [];
    const resource = text(input, 'RoleArn');
    if (!/^arn:[^:]+:iam::\d{12}:role\/.+/.test(resource))
      throw new AwsError('ValidationError', `${resource} is invalid`);
    const tags = Object.entries(this.directory.findRole(resource.split('/').at(-1) ?? '')?.tags ?? {});
    const context = Object.fromEntries(tags.map(([key, value]) => [`iam:ResourceTag/${key}`, value]));
    return [{ action: 'sts:AssumeRole', resource, context }];
  }

  private identity(call: Call): Body {
    const { principal } = call;
    if (principal.kind !== 'role') return { UserId: 'AIDALOCALADMIN', Account: this.accountId, Arn: principal.arn };
    const role = this.directory.roleByArn(principal.arn);
    const session = call.session ?? 'local';
    return { UserId: `${role.id}:${session}`, Account: this.accountId, Arn: this.assumedArn(role.name, session) };
  }

  private assumeRole(input: Body, { principal }: Call): Body {
    const arn = text(input, 'RoleArn');
    const session = text(input, 'RoleSessionName');
    if (!/^[\w+=,.@-]{2,64}$/.test(session))
      throw new AwsError(
        'ValidationError',
        `'${session}' is no session name; allowed: 2 to 64 of letters, digits and _+=,.@-`,
      );
    const role = this.directory.findRole(arn.split('/').at(-1) ?? '');
    if (role === undefined || role.arn !== arn)
      throw new AwsError('AccessDenied', `no role ${arn} is deployed in this account, so it cannot be assumed`, 403);
    const seconds = sessionSeconds(input, role, principal);
    const keys = this.access.openSession(arn, session, seconds);
    // Clients judge expiry by their own clock, which does not move when the account's clock is moved on.
    const expiration = new Date(Date.now() + seconds * 1000);
    return {
      Credentials: {
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        SessionToken: keys.sessionToken,
        Expiration: expiration,
      },
      AssumedRoleUser: { AssumedRoleId: `${role.id}:${session}`, Arn: this.assumedArn(role.name, session) },
    };
  }

  private assumedArn(role: string, session: string): string {
    return `arn:${partition}:sts::${this.accountId}:assumed-role/${role}/${session}`;
  }
}

/** @throws AwsError ValidationError for more than the role allows, or than a role may get that assumes another. */
function sessionSeconds(input: Body, role: Role, caller: Principal): number {
  const seconds = optionalNumber(input, 'DurationSeconds') ?? 3600;
  const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200)
    throw invalid(`'DurationSeconds' must be a whole number from 900 to 43200, not ${String(input.DurationSeconds)}`);
  if (seconds > role.maxSessionDuration)
    throw invalid(
      `The requested DurationSeconds exceeds the MaxSessionDuration set for this role, ${role.maxSessionDuration}`,
    );
  if (caller.kind === 'role' && seconds > 3600)
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  return seconds;
}
