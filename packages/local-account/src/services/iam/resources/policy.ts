import { Unsupported } from '../../../core/errors';
import { list, text, textList } from '../../../core/input';
import type { ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { IamDirectory } from '../runtime/directory';
import { documentOf } from '../../shared/properties';

/** AWS::IAM::Policy: an inline policy on one or more roles. */
export function iamPolicyProvider(directory: IamDirectory): ResourceProvider {
  const put = (properties: Body): void => {
    for (const name of ['Users', 'Groups'])
      if (list(properties, name).length > 0)
        throw new Unsupported(`${name} of AWS::IAM::Policy`, 'attach the policy to roles');
    for (const role of textList(properties, 'Roles'))
      directory.putInline(role, text(properties, 'PolicyName'), documentOf(properties, 'PolicyDocument'));
  };
  const drop = (properties: Body, kept: readonly string[] = []): void => {
    for (const role of textList(properties, 'Roles')) {
      if (!kept.includes(role) && directory.findRole(role)?.inline[text(properties, 'PolicyName')] !== undefined)
        directory.deleteInline(role, text(properties, 'PolicyName'));
    }
  };
  return {
    type: 'AWS::IAM::Policy',
    properties: ['PolicyDocument', 'PolicyName', 'Roles'],
    attributes: [],
    create: (properties, context) => {
      put(properties);
      return { physicalId: context.generateName(), attributes: {} };
    },
    update: (physicalId, properties, previous) => {
      drop(
        previous,
        text(properties, 'PolicyName') === text(previous, 'PolicyName') ? textList(properties, 'Roles') : [],
      );
      put(properties);
      return { physicalId, attributes: {} };
    },
    delete: (_physicalId, properties) => drop(properties),
    physicalIdOf: (_properties, context) => context.generateName(),
  };
}
