import { bodies, optionalText } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { jsonText, pick, resourceCall, typed, unlessGone, type ResourceCall } from '../../shared/resource-calls';

const ruleMembers = ['Description', 'EventBusName', 'RoleArn', 'ScheduleExpression', 'State', 'Tags'];

/** AWS::Events::Rule and AWS::Events::EventBus. */
export function eventsProviders(account: AccountParts): readonly ResourceProvider[] {
  const call = resourceCall(account, 'events');
  return [ruleProvider(call), busProvider(call)];
}

function ruleProvider(call: ResourceCall): ResourceProvider {
  const name = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'Name') ?? context.generateName(64);
  const put = async (ruleName: string, properties: Body, previous: Body): Promise<Provisioned> => {
    const pattern = properties.EventPattern === undefined ? {} : { EventPattern: jsonText(properties.EventPattern) };
    const { RuleArn } = await call('PutRule', { ...pick(properties, ruleMembers), ...pattern, Name: ruleName });
    const bus = pick(properties, ['EventBusName']);
    const targets = bodies(properties, 'Targets');
    const kept = new Set(targets.map((each) => each.Id));
    const removed = bodies(previous, 'Targets').flatMap((each) => (kept.has(each.Id) ? [] : [String(each.Id)]));
    if (removed.length > 0) await call('RemoveTargets', { ...bus, Rule: ruleName, Ids: removed });
    if (targets.length > 0)
      await call('PutTargets', {
        ...bus,
        Rule: ruleName,
        Targets: typed(targets, ['MaximumRetryAttempts', 'MaximumEventAgeInSeconds']),
      });
    return { physicalId: ruleName, attributes: { Arn: RuleArn } };
  };
  return {
    type: 'AWS::Events::Rule',
    properties: ['Name', 'EventPattern', 'Targets', ...ruleMembers],
    replacedBy: ['Name', 'EventBusName'],
    attributes: ['Arn'],
    physicalIdOf: name,
    create: (properties, context) => put(name(properties, context), properties, {}),
    update: (physicalId, properties, previous) => put(physicalId, properties, previous),
    delete: (physicalId, properties) => unlessGone(removeRule(call, physicalId, properties)),
  };
}

async function removeRule(call: ResourceCall, name: string, properties: Body): Promise<void> {
  const bus = pick(properties, ['EventBusName']);
  const { Targets } = await call('ListTargetsByRule', { ...bus, Rule: name });
  const ids = bodies({ Targets }, 'Targets').map((each) => String(each.Id));
  if (ids.length > 0) await call('RemoveTargets', { ...bus, Rule: name, Ids: ids });
  await call('DeleteRule', { ...bus, Name: name });
}

function busProvider(call: ResourceCall): ResourceProvider {
  return {
    type: 'AWS::Events::EventBus',
    properties: ['Name', 'Tags'],
    replacedBy: ['Name'],
    attributes: ['Arn', 'Name'],
    physicalIdOf: (properties) => optionalText(properties, 'Name'),
    create: async (properties) => {
      const { EventBusArn } = await call('CreateEventBus', properties);
      return { physicalId: String(properties.Name), attributes: { Arn: EventBusArn, Name: properties.Name } };
    },
    update: async (physicalId, properties) => {
      const { Arn } = await call('DescribeEventBus', { Name: physicalId });
      if (bodies(properties, 'Tags').length > 0) await call('TagResource', { ResourceARN: Arn, Tags: properties.Tags });
      return { physicalId, attributes: { Arn, Name: physicalId } };
    },
    delete: (physicalId) => unlessGone(call('DeleteEventBus', { Name: physicalId })),
  };
}
