import { parseJson } from '../../core/json';
import { messageOf, validation } from '../../core/errors';
import { isBody } from '../../core/input';
import type { AccountParts } from '../../core/module';
import { statementsOf } from './policy';
import { nameOfArn } from './arn';
import { requireServiceAccess, type Source } from './resource-policy';

/**
 * Checks that a role lets a service assume it, so that a missing trust shows when it is deployed and not when an event is lost.
 *
 * @param source the service, and what it will act for (an ARN)
 * @throws AwsError ValidationException naming the role and what its trust policy lacks
 */
export async function requireTrust(account: AccountParts, roleArn: string, source: Source): Promise<void> {
  try {
    const { Role } = await account.call('iam', 'GetRole', { RoleName: nameOfArn(roleArn) }, account.iam.service);
    const encoded = isBody(Role) ? Role.AssumeRolePolicyDocument : undefined;
    const trust: unknown = typeof encoded === 'string' ? parseJson(decodeURIComponent(encoded)) : encoded;
    const statements = isBody(trust) ? statementsOf(trust).map((each) => ({ ...each, Resource: '*' })) : [];
    requireServiceAccess(
      { Statement: statements },
      source,
      { action: 'sts:AssumeRole', resource: roleArn },
      account.accountId,
      `add it to the role's assumedBy (in CDK: new ServicePrincipal('${source.service}'))`,
    );
  } catch (error) {
    throw validation(`the role ${roleArn} cannot be assumed by ${source.service}: ${messageOf(error)}`);
  }
}
