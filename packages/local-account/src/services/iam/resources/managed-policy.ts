import { optionalText, textList } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { IamDirectory } from '../runtime/directory';
import { documentOf } from '../../shared/properties';
import { partition } from '../../../core/partition';

/** AWS::IAM::ManagedPolicy. */
export function iamManagedPolicyProvider(directory: IamDirectory): ResourceProvider {
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'ManagedPolicyName') ?? context.generateName(128);
  const put = (properties: Body, name: string): Provisioned => {
    const policy = directory.putPolicy({
      name,
      path: optionalText(properties, 'Path') ?? '/',
      document: documentOf(properties, 'PolicyDocument'),
      description: optionalText(properties, 'Description'),
    });
    for (const role of textList(properties, 'Roles')) directory.attach(role, policy.arn);
    return { physicalId: policy.arn, attributes: { PolicyArn: policy.arn, PolicyId: policy.id } };
  };
  const detachFrom = (arn: string, roles: readonly string[]): void => {
    for (const role of roles) if (directory.findRole(role)?.managed.includes(arn) === true) directory.detach(role, arn);
  };
  return {
    type: 'AWS::IAM::ManagedPolicy',
    properties: ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
    replacedBy: ['Description', 'ManagedPolicyName', 'Path'],
    attributes: ['PolicyArn', 'PolicyId'],
    physicalIdOf: (properties, context) =>
      `arn:${partition}:iam::${context.accountId}:policy${optionalText(properties, 'Path') ?? '/'}${nameOf(properties, context)}`,
    create: (properties, context) => put(properties, nameOf(properties, context)),
    update: (arn, properties, previous) => {
      detachFrom(
        arn,
        textList(previous, 'Roles').filter((role) => !textList(properties, 'Roles').includes(role)),
      );
      return put(properties, arn.split('/').at(-1) ?? arn);
    },
    delete: (arn, properties) => {
      detachFrom(arn, textList(properties, 'Roles'));
      directory.deletePolicy(arn);
    },
  };
}
