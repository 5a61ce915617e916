import { optionalText } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { jsonText, resourceCall, unlessGone, type ResourceCall } from '../../shared/resource-calls';

const shared = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'InsufficientDataActions',
  'OKActions',
  'Tags',
];

/** AWS::CloudWatch::Alarm, AWS::CloudWatch::CompositeAlarm and AWS::CloudWatch::Dashboard. */
export function cloudwatchProviders(account: AccountParts): readonly ResourceProvider[] {
  const call = resourceCall(account, 'monitoring');
  return [
    alarmProvider(account, call, 'AWS::CloudWatch::Alarm', 'PutMetricAlarm', [
      ...shared,
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluateLowSampleCountPercentile',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'MetricName',
      'Metrics',
      'Namespace',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
      'Unit',
    ]),
    alarmProvider(account, call, 'AWS::CloudWatch::CompositeAlarm', 'PutCompositeAlarm', [
      ...shared,
      'ActionsSuppressor',
      'ActionsSuppressorExtensionPeriod',
      'ActionsSuppressorWaitPeriod',
      'AlarmRule',
    ]),
    dashboardProvider(call),
  ];
}

function alarmProvider(
  account: AccountParts,
  call: ResourceCall,
  type: string,
  operation: string,
  properties: readonly string[],
): ResourceProvider {
  const name = (given: Body, context: ResourceContext): string =>
    optionalText(given, 'AlarmName') ?? context.generateName(255);
  const put = async (physicalId: string, given: Body): Promise<Provisioned> => {
    await call(operation, { ...given, AlarmName: physicalId });
    return { physicalId, attributes: { Arn: account.arn('cloudwatch', `alarm:${physicalId}`) } };
  };
  return {
    type,
    properties,
    replacedBy: ['AlarmName'],
    attributes: ['Arn'],
    physicalIdOf: name,
    create: (given, context) => put(name(given, context), given),
    update: (physicalId, given) => put(physicalId, given),
    delete: (physicalId) => unlessGone(call('DeleteAlarms', { AlarmNames: [physicalId] })),
  };
}

function dashboardProvider(call: ResourceCall): ResourceProvider {
  const name = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'DashboardName') ?? context.generateName(255);
  const put = async (physicalId: string, properties: Body): Promise<Provisioned> => {
    await call('PutDashboard', { DashboardName: physicalId, DashboardBody: jsonText(properties.DashboardBody) });
    return { physicalId, attributes: {} };
  };
  return {
    type: 'AWS::CloudWatch::Dashboard',
    // Tags of a dashboard change nothing that anything here reads.
    properties: ['DashboardName', 'DashboardBody', 'Tags'],
    replacedBy: ['DashboardName'],
    physicalIdOf: name,
    create: (properties, context) => put(name(properties, context), properties),
    update: (physicalId, properties) => put(physicalId, properties),
    delete: (physicalId) => unlessGone(call('DeleteDashboards', { DashboardNames: [physicalId] })),
  };
}
