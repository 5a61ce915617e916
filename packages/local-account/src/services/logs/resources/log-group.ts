import { optionalNumber, optionalText } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import type { LogGroup, LogStore } from '../runtime/log-store';
import { tagsOf } from '../../shared/properties';
import { partition } from '../../../core/partition';

/** AWS::Logs::LogGroup. */
export function logGroupProvider(logs: LogStore): ResourceProvider {
  const provisioned = (name: string, context: ResourceContext): Provisioned => ({
    physicalId: name,
    attributes: { Arn: `arn:${partition}:logs:${context.region}:${context.accountId}:log-group:${name}:*` },
  });
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'LogGroupName') ?? context.generateName(512);
  const described = (properties: Body, context: ResourceContext): Partial<LogGroup> => ({
    retentionInDays: optionalNumber(properties, 'RetentionInDays'),
    kmsKeyId: optionalText(properties, 'KmsKeyId'),
    tags: tagsOf(properties, context),
  });
  return {
    type: 'AWS::Logs::LogGroup',
    properties: ['KmsKeyId', 'LogGroupName', 'RetentionInDays', 'Tags'],
    accepted: {
      DataProtectionPolicy: 'nothing is masked',
      FieldIndexPolicies: 'logs are not indexed',
      LogGroupClass: 'there is one class',
    },
    replacedBy: ['LogGroupName'],
    attributes: ['Arn'],
    physicalIdOf: nameOf,
    create: (properties, context) =>
      provisioned(logs.create(nameOf(properties, context), described(properties, context)).name, context),
    update: (name, properties, _previous, context) =>
      provisioned(logs.update(name, described(properties, context)).name, context),
    delete: (name) => logs.delete(name),
  };
}
