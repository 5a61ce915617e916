import { createHash } from 'node:crypto';
import { AwsError, Unsupported } from '../../../core/errors';
import type { Body } from '../../../core/service';
import type { Collection, Store } from '../../../core/store';
import { awsManagedPolicies } from './managed-policies';
import { partition } from '../../../core/partition';

export interface Role {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly trust: Body;
  readonly description: string;
  readonly maxSessionDuration: number;
  readonly inline: Readonly<Record<string, Body>>;
  readonly managed: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** ISO-8601. */
  readonly created: string;
  /** Where the role comes from, for messages: aws:cdk:path, or the logical id. */
  readonly origin?: string;
}

export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly document: Body;
  readonly description: string;
  readonly created: string;
}

/** Roles and policies that exist in the account. */
export class IamDirectory {
  private readonly roles: Collection<Role>;
  private readonly policies: Collection<ManagedPolicy>;

  constructor(
    store: Store,
    private readonly accountId: string,
    private readonly now: () => Date,
  ) {
    this.roles = store.collection('iam.roles');
    this.policies = store.collection('iam.policies');
  }

  allRoles(): readonly Role[] {
    return [...this.roles.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  findRole(name: string): Role | undefined {
    return this.roles.get(name);
  }

  role(name: string): Role {
    return this.roles.get(name) ?? fail('NoSuchEntity', `the role with name ${name} cannot be found`, 404);
  }

  roleByArn(arn: string): Role {
    const role = this.roles.get(arn.split('/').at(-1) ?? '');
    if (role === undefined || role.arn !== arn) throw new AwsError('NoSuchEntity', `no role ${arn} is deployed`, 404);
    return role;
  }

  createRole(given: Pick<Role, 'name' | 'trust'> & Partial<Role>): Role {
    if (!/^[\w+=,.@-]{1,64}$/.test(given.name))
      fail('ValidationError', `'${given.name}' is no role name; allowed: 1 to 64 of letters, digits and _+=,.@-`);
    if (this.roles.get(given.name) !== undefined)
      fail('EntityAlreadyExists', `role with name ${given.name} already exists`, 409);
    const path = given.path ?? '/';
    const role: Role = {
      description: '',
      maxSessionDuration: 3600,
      inline: {},
      managed: [],
      tags: {},
      ...given,
      path,
      arn: `arn:${partition}:iam::${this.accountId}:role${path}${given.name}`,
      id: uniqueId('AROA', `${given.name} ${this.now().toISOString()}`),
      created: this.now().toISOString(),
    };
    role.managed.forEach((arn) => this.document(arn));
    return this.save(role);
  }

  updateRole(name: string, changes: Partial<Role>): Role {
    changes.managed?.forEach((arn) => this.document(arn));
    return this.save({ ...this.role(name), ...changes });
  }

  deleteRole(name: string): void {
    this.role(name);
    this.roles.delete(name);
  }

  putInline(roleName: string, policyName: string, document: Body): void {
    const role = this.role(roleName);
    this.save({ ...role, inline: { ...role.inline, [policyName]: document } });
  }

  deleteInline(roleName: string, policyName: string): void {
    const role = this.role(roleName);
    const { [policyName]: removed, ...inline } = role.inline;
    if (removed === undefined) fail('NoSuchEntity', `the role ${roleName} has no policy ${policyName}`, 404);
    this.save({ ...role, inline });
  }

  attach(roleName: string, policyArn: string): void {
    const role = this.role(roleName);
    this.document(policyArn);
    if (!role.managed.includes(policyArn)) this.save({ ...role, managed: [...role.managed, policyArn] });
  }

  detach(roleName: string, policyArn: string): void {
    const role = this.role(roleName);
    if (!role.managed.includes(policyArn))
      fail('NoSuchEntity', `policy ${policyArn} is not attached to ${roleName}`, 404);
    this.save({ ...role, managed: role.managed.filter((each) => each !== policyArn) });
  }

  allPolicies(): readonly ManagedPolicy[] {
    return this.policies.values();
  }

  findPolicy(arn: string): ManagedPolicy | undefined {
    return this.policies.get(arn);
  }

  putPolicy(given: {
    readonly name: string;
    readonly path?: string;
    readonly document: Body;
    readonly description?: string;
  }): ManagedPolicy {
    const path = given.path ?? '/';
    const arn = `arn:${partition}:iam::${this.accountId}:policy${path}${given.name}`;
    const created = this.policies.get(arn)?.created ?? this.now().toISOString();
    const policy: ManagedPolicy = {
      name: given.name,
      path,
      arn,
      id: uniqueId('ANPA', arn),
      document: given.document,
      description: given.description ?? '',
      created,
    };
    this.policies.put(arn, policy);
    return policy;
  }

  deletePolicy(arn: string): void {
    const holder = this.roles.values().find((role) => role.managed.includes(arn));
    if (holder !== undefined)
      fail('DeleteConflict', `cannot delete ${arn}: it is attached to the role ${holder.name}`, 409);
    if (!this.policies.delete(arn)) fail('NoSuchEntity', `policy ${arn} does not exist`, 404);
  }

  /** Document of a managed policy of the account or of AWS. */
  document(arn: string): Body {
    const own = this.policies.get(arn);
    if (own !== undefined) return own.document;
    const name = /^arn:aws[a-z-]*:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
    const known = name === undefined ? undefined : awsManagedPolicies[name];
    if (known !== undefined) return known;
    if (name !== undefined)
      throw new Unsupported(
        `the AWS managed policy ${name}`,
        `known are: ${Object.keys(awsManagedPolicies).join(', ')}`,
      );
    throw new AwsError('NoSuchEntity', `policy ${arn} does not exist or is not attachable`, 404);
  }

  /** Every policy document that says what a role may do. */
  documentsOf(role: Role): readonly Body[] {
    return [...Object.values(role.inline), ...role.managed.map((arn) => this.document(arn))];
  }

  private save(role: Role): Role {
    this.roles.put(role.name, role);
    return role;
  }
}

/** IAM's unique ids: a prefix that tells the kind and 17 capital letters or digits. */
export function uniqueId(prefix: string, seed: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(`${prefix} ${seed}`).digest('hex')}`).toString(36);
  return `${prefix}${digits.toUpperCase().slice(0, 17)}`;
}

function fail(code: string, message: string, status = 400): never {
  throw new AwsError(code, message, status);
}
