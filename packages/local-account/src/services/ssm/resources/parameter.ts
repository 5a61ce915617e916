import { AwsError } from '../../../core/errors';
import { body, optionalText, text } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { Parameter, SsmService } from '../api/service';

/** AWS::SSM::Parameter. */
export function ssmParameterProvider(ssm: SsmService): ResourceProvider {
  const provisioned = (parameter: Parameter): Provisioned => ({
    physicalId: parameter.name,
    attributes: { Type: parameter.type, Value: parameter.value },
  });
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'Name') ?? `CFN-${context.generateName(128)}`;
  const put = (name: string, properties: Body, context: ResourceContext): Provisioned => {
    const tags = Object.fromEntries(
      Object.entries(body(properties, 'Tags')).map(([key, value]) => [key, String(value)]),
    );
    return provisioned(
      ssm.put({
        name,
        value: text(properties, 'Value'),
        type: text(properties, 'Type'),
        description: optionalText(properties, 'Description') ?? '',
        tags: { ...context.stackTags, ...tags },
      }),
    );
  };
  return {
    type: 'AWS::SSM::Parameter',
    properties: ['Description', 'Name', 'Tags', 'Type', 'Value'],
    accepted: {
      AllowedPattern: 'values are not checked',
      DataType: 'every value is text',
      Policies: 'parameters do not expire',
      Tier: 'there are no tiers',
    },
    replacedBy: ['Name', 'Type'],
    attributes: ['Type', 'Value'],
    physicalIdOf: nameOf,
    create: (properties, context) => {
      const name = nameOf(properties, context);
      if (ssm.find(name) !== undefined) throw new AwsError('AlreadyExists', `the parameter ${name} already exists`);
      return put(name, properties, context);
    },
    update: (name, properties, _previous, context) => put(name, properties, context),
    delete: (name) => ssm.delete(name),
  };
}
