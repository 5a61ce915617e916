import { optionalText } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { resourceCall, typed, unlessGone, type ResourceCall } from '../../shared/resource-calls';

/** AWS::Scheduler::Schedule and AWS::Scheduler::ScheduleGroup. */
export function schedulerProviders(account: AccountParts): readonly ResourceProvider[] {
  const call = resourceCall(account, 'scheduler');
  return [scheduleProvider(call), groupProvider(call)];
}

function scheduleProvider(call: ResourceCall): ResourceProvider {
  const name = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'Name') ?? context.generateName(64);
  const put = async (operation: string, physicalId: string, properties: Body): Promise<Provisioned> => {
    const input = typed(properties, [
      'MaximumRetryAttempts',
      'MaximumEventAgeInSeconds',
      'MaximumWindowInMinutes',
    ]) as Body;
    const { ScheduleArn } = await call(operation, { ...input, Name: physicalId });
    return { physicalId, attributes: { Arn: ScheduleArn } };
  };
  return {
    type: 'AWS::Scheduler::Schedule',
    properties: [
      'Name',
      'GroupName',
      'Description',
      'StartDate',
      'EndDate',
      'FlexibleTimeWindow',
      'KmsKeyArn',
      'ScheduleExpression',
      'ScheduleExpressionTimezone',
      'State',
      'Target',
    ],
    replacedBy: ['Name', 'GroupName'],
    attributes: ['Arn'],
    physicalIdOf: name,
    create: (properties, context) => put('CreateSchedule', name(properties, context), properties),
    update: (physicalId, properties) => put('UpdateSchedule', physicalId, properties),
    delete: (physicalId, properties) =>
      unlessGone(call('DeleteSchedule', { Name: physicalId, GroupName: properties.GroupName })),
  };
}

function groupProvider(call: ResourceCall): ResourceProvider {
  const name = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'Name') ?? context.generateName(64);
  const described = async (physicalId: string): Promise<Provisioned> => {
    const { Arn, State } = await call('GetScheduleGroup', { Name: physicalId });
    return { physicalId, attributes: { Arn, State } };
  };
  return {
    type: 'AWS::Scheduler::ScheduleGroup',
    properties: ['Name', 'Tags'],
    replacedBy: ['Name'],
    attributes: ['Arn', 'State'],
    physicalIdOf: name,
    create: async (properties, context) => {
      await call('CreateScheduleGroup', { ...properties, Name: name(properties, context) });
      return described(name(properties, context));
    },
    update: (physicalId) => described(physicalId),
    delete: (physicalId) => unlessGone(call('DeleteScheduleGroup', { Name: physicalId })),
  };
}
