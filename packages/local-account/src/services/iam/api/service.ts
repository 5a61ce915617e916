import { AwsError, validation } from '../../../core/errors';
import { bodies, optionalNumber, optionalText, text } from '../../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { IamDirectory, ManagedPolicy, Role } from '../runtime/directory';
import { isBody } from '../../../core/input';
import { partition } from '../../../core/partition';
import { parseJson } from '../../../core/json';

/** IAM over the wire: roles, their policies, managed policies. */
export class IamService implements AwsService {
  readonly signingName = 'iam';
  readonly xmlNamespace = 'https://iam.amazonaws.com/doc/2010-05-08/';
  readonly operations: Readonly<Record<string, Operation>>;

  constructor(
    private readonly directory: IamDirectory,
    private readonly accountId: string,
  ) {
    this.operations = {
      ListRoles: (input) =>
        page({
          Roles: this.directory
            .allRoles()
            .filter((role) => role.path.startsWith(optionalText(input, 'PathPrefix') ?? '/'))
            .map(described),
        }),
      GetRole: (input) => ({ Role: described(this.directory.role(text(input, 'RoleName'))) }),
      CreateRole: (input) => this.createRole(input),
      DeleteRole: (input) => this.deleteRole(text(input, 'RoleName')),
      UpdateRole: (input) => this.updateRole(input),
      UpdateAssumeRolePolicy: (input) =>
        void this.directory.updateRole(text(input, 'RoleName'), {
          trust: policyDocument(text(input, 'PolicyDocument')),
        }),
      ListRolePolicies: (input) =>
        page({ PolicyNames: Object.keys(this.directory.role(text(input, 'RoleName')).inline) }),
      GetRolePolicy: (input) => this.getRolePolicy(text(input, 'RoleName'), text(input, 'PolicyName')),
      PutRolePolicy: (input) =>
        this.directory.putInline(
          text(input, 'RoleName'),
          text(input, 'PolicyName'),
          policyDocument(text(input, 'PolicyDocument')),
        ),
      DeleteRolePolicy: (input) => this.directory.deleteInline(text(input, 'RoleName'), text(input, 'PolicyName')),
      ListAttachedRolePolicies: (input) =>
        page({
          AttachedPolicies: this.directory
            .role(text(input, 'RoleName'))
            .managed.map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn })),
        }),
      AttachRolePolicy: (input) => this.directory.attach(text(input, 'RoleName'), policyArn(text(input, 'PolicyArn'))),
      DetachRolePolicy: (input) => this.directory.detach(text(input, 'RoleName'), text(input, 'PolicyArn')),
      ListRoleTags: (input) => page({ Tags: tagList(this.directory.role(text(input, 'RoleName')).tags) }),
      TagRole: (input) => this.tagRole(input),
      ListInstanceProfilesForRole: () => page({ InstanceProfiles: [] }),
      ListPolicies: () => page({ Policies: this.directory.allPolicies().map(describedPolicy) }),
      CreatePolicy: (input) => this.createPolicy(input),
      GetPolicy: (input) => ({ Policy: describedPolicy(this.policy(text(input, 'PolicyArn'))) }),
      GetPolicyVersion: (input) => this.getPolicyVersion(text(input, 'PolicyArn')),
      DeletePolicy: (input) => this.directory.deletePolicy(text(input, 'PolicyArn')),
      GetUser: () => ({
        User: {
          Path: '/',
          UserName: 'local',
          UserId: 'AIDALOCALADMIN',
          Arn: `arn:${partition}:iam::${this.accountId}:user/local`,
          CreateDate: new Date(0),
        },
      }),
      ListAccountAliases: () => page({ AccountAliases: [] }),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const role = optionalText(input, 'RoleName');
    const arn = optionalText(input, 'PolicyArn');
    const found = role === undefined ? undefined : this.directory.findRole(role);
    const resource =
      found?.arn ?? (role !== undefined ? `arn:${partition}:iam::${this.accountId}:role/${role}` : (arn ?? '*'));
    return [{ action: `iam:${operation}`, resource }];
  }

  private createRole(input: Body): Body {
    const tags = Object.fromEntries(
      bodies(input, 'Tags').map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? '']),
    );
    const role = this.directory.createRole({
      name: text(input, 'RoleName'),
      trust: policyDocument(text(input, 'AssumeRolePolicyDocument')),
      path: optionalText(input, 'Path') ?? '/',
      description: optionalText(input, 'Description') ?? '',
      maxSessionDuration: optionalNumber(input, 'MaxSessionDuration') ?? 3600,
      tags,
    });
    return { Role: described(role) };
  }

  private updateRole(input: Body): Body {
    const name = text(input, 'RoleName');
    const role = this.directory.role(name);
    this.directory.updateRole(name, {
      description: optionalText(input, 'Description') ?? role.description,
      maxSessionDuration: optionalNumber(input, 'MaxSessionDuration') ?? role.maxSessionDuration,
    });
    return {};
  }

  private deleteRole(name: string): void {
    const role = this.directory.role(name);
    if (role.managed.length > 0)
      throw new AwsError('DeleteConflict', 'cannot delete entity, must detach all policies first', 409);
    if (Object.keys(role.inline).length > 0)
      throw new AwsError('DeleteConflict', 'cannot delete entity, must delete policies first', 409);
    this.directory.deleteRole(name);
  }

  private getRolePolicy(roleName: string, policyName: string): Body {
    const document = this.directory.role(roleName).inline[policyName];
    if (document === undefined)
      throw new AwsError('NoSuchEntity', `the role policy with name ${policyName} cannot be found`, 404);
    return { RoleName: roleName, PolicyName: policyName, PolicyDocument: encoded(document) };
  }

  private tagRole(input: Body): void {
    const role = this.directory.role(text(input, 'RoleName'));
    const added = Object.fromEntries(
      bodies(input, 'Tags').map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? '']),
    );
    this.directory.updateRole(role.name, { tags: { ...role.tags, ...added } });
  }

  private createPolicy(input: Body): Body {
    const path = optionalText(input, 'Path') ?? '/';
    const name = text(input, 'PolicyName');
    if (this.directory.findPolicy(`arn:${partition}:iam::${this.accountId}:policy${path}${name}`) !== undefined)
      throw new AwsError('EntityAlreadyExists', `a policy called ${name} already exists`, 409);
    return {
      Policy: describedPolicy(
        this.directory.putPolicy({
          name,
          path,
          document: policyDocument(text(input, 'PolicyDocument')),
          description: optionalText(input, 'Description'),
        }),
      ),
    };
  }

  private policy(arn: string): ManagedPolicy {
    const own = this.directory.findPolicy(arn);
    if (own !== undefined) return own;
    return {
      name: arn.split('/').at(-1) ?? arn,
      path: '/',
      arn,
      id: 'ANPALOCAL',
      document: this.directory.document(arn),
      description: '',
      created: new Date(0).toISOString(),
    };
  }

  private getPolicyVersion(arn: string): Body {
    const policy = this.policy(arn);
    return {
      PolicyVersion: {
        Document: encoded(policy.document),
        VersionId: 'v1',
        IsDefaultVersion: true,
        CreateDate: new Date(policy.created),
      },
    };
  }
}

/** A policy document given as JSON text. */
export function policyDocument(source: string): Body {
  let value: unknown;
  try {
    value = parseJson(source);
  } catch {
    throw new AwsError('MalformedPolicyDocument', 'the policy document is not valid JSON');
  }
  if (!isBody(value)) throw validation('a policy document must be a JSON object');
  return value;
}

/** @throws AwsError ValidationError in IAM's words for a text that is no ARN. */
function policyArn(given: string): string {
  if (!given.startsWith('arn:')) throw new AwsError('ValidationError', 'Invalid ARN:  Could not be parsed!');
  return given;
}

const page = (members: Body): Body => ({ ...members, IsTruncated: false });
/** IAM answers documents percent-encoded (RFC 3986). */
const encoded = (document: Body): string => encodeURIComponent(JSON.stringify(document));
const tagList = (tags: Readonly<Record<string, string>>): Body[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function described(role: Role): Body {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encoded(role.trust),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    Tags: tagList(role.tags),
  };
}

function describedPolicy(policy: ManagedPolicy): Body {
  const created = new Date(policy.created);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
    IsAttachable: true,
    Description: policy.description,
    CreateDate: created,
    UpdateDate: created,
  };
}
