import { bodies, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { IamDirectory, Role } from '../runtime/directory';
import { documentOf, tagsOf } from '../../shared/properties';

/** AWS::IAM::Role. */
export function iamRoleProvider(directory: IamDirectory): ResourceProvider {
  const provisioned = (role: Role): Provisioned => ({
    physicalId: role.name,
    attributes: { Arn: role.arn, RoleId: role.id },
  });
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'RoleName') ?? context.generateName(64);
  return {
    type: 'AWS::IAM::Role',
    properties: [
      'AssumeRolePolicyDocument',
      'Description',
      'ManagedPolicyArns',
      'MaxSessionDuration',
      'Path',
      'Policies',
      'RoleName',
      'Tags',
    ],
    accepted: { PermissionsBoundary: 'boundaries are not evaluated; the policies of the role are' },
    replacedBy: ['Path', 'RoleName'],
    attributes: ['Arn', 'RoleId'],
    physicalIdOf: nameOf,
    create: (properties, context) =>
      provisioned(
        directory.createRole({
          name: nameOf(properties, context),
          ...described(properties, context),
          inline: inlineOf(properties),
        }),
      ),
    update: (name, properties, previous, context) => {
      // Policies that AWS::IAM::Policy resources put on the role stay.
      const removed = Object.keys(inlineOf(previous));
      const others = Object.entries(directory.role(name).inline).filter(([policy]) => !removed.includes(policy));
      return provisioned(
        directory.updateRole(name, {
          ...described(properties, context),
          inline: { ...Object.fromEntries(others), ...inlineOf(properties) },
        }),
      );
    },
    delete: (name) => directory.deleteRole(name),
  };
}

function described(
  properties: Body,
  context: ResourceContext,
): Pick<Role, 'trust' | 'path' | 'description' | 'maxSessionDuration' | 'managed' | 'tags' | 'origin'> {
  return {
    trust: documentOf(properties, 'AssumeRolePolicyDocument'),
    path: optionalText(properties, 'Path') ?? '/',
    description: optionalText(properties, 'Description') ?? '',
    maxSessionDuration: optionalNumber(properties, 'MaxSessionDuration') ?? 3600,
    managed: textList(properties, 'ManagedPolicyArns'),
    tags: tagsOf(properties, context),
    origin: context.constructPath ?? `${context.stackName}/${context.logicalId}`,
  };
}

function inlineOf(properties: Body): Readonly<Record<string, Body>> {
  return Object.fromEntries(
    bodies(properties, 'Policies').map((policy) => [text(policy, 'PolicyName'), documentOf(policy, 'PolicyDocument')]),
  );
}
