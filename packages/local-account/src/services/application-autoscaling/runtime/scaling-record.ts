import { Unsupported, validation } from '../../../core/errors';
import { bodies, body, optionalFlag, optionalNumber, optionalText, text } from '../../../core/input';
import type { Body } from '../../../core/service';

/** What is scaled: a variant's instances. */
export interface ScalableTarget {
  readonly id: string;
  readonly endpoint: string;
  readonly variant: string;
  readonly min: number;
  readonly max: number;
  readonly roleArn: string;
  readonly createdAt: number;
}

/** A metric as PutMetricAlarm takes it. */
export interface TrackedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

/** Target tracking: keeps a metric near a value. */
export interface ScalingPolicy {
  readonly name: string;
  readonly arn: string;
  /** Of the target. */
  readonly target: string;
  readonly configuration: Body;
  readonly metric: TrackedMetric;
  readonly targetValue: number;
  /** Seconds. */
  readonly scaleInCooldown: number;
  readonly scaleOutCooldown: number;
  readonly scaleInDisabled: boolean;
  readonly highAlarm: string;
  readonly lowAlarm: string;
  readonly createdAt: number;
  /** When the last activity was, milliseconds. */
  readonly scaledAt?: number;
}

const dimension = 'sagemaker:variant:DesiredInstanceCount';
const defaultCooldown = 300;

/** `endpoint/<name>/variant/<name>` of a call, and a key for it. @throws AwsError Unsupported for anything but SageMaker variants. */
export function resourceOf(input: Body): { readonly endpoint: string; readonly variant: string; readonly key: string } {
  const [namespace, resource, wanted] = [
    text(input, 'ServiceNamespace'),
    text(input, 'ResourceId'),
    text(input, 'ScalableDimension'),
  ];
  if (namespace !== 'sagemaker' || wanted !== dimension)
    throw new Unsupported(`scaling of ${namespace} ${wanted}`, `supported: sagemaker ${dimension}`);
  const match = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(resource);
  const [, endpoint, variant] = match ?? [];
  if (endpoint === undefined || variant === undefined)
    throw validation(`'${resource}' is not a ResourceId of SageMaker; expected endpoint/<endpoint>/variant/<variant>`);
  return { endpoint, variant, key: resource };
}

/** What a target-tracking policy tracks and how. */
export function trackingOf(
  input: Body,
  endpoint: string,
  variant: string,
): Pick<
  ScalingPolicy,
  'configuration' | 'metric' | 'targetValue' | 'scaleInCooldown' | 'scaleOutCooldown' | 'scaleInDisabled'
> {
  const type = optionalText(input, 'PolicyType') ?? 'StepScaling';
  if (type !== 'TargetTrackingScaling')
    throw new Unsupported(`scaling policies of type ${type}`, 'use TargetTrackingScaling');
  const configuration = body(input, 'TargetTrackingScalingPolicyConfiguration');
  const targetValue = optionalNumber(configuration, 'TargetValue');
  if (targetValue === undefined || targetValue <= 0)
    throw validation("'TargetValue' must be a number greater than zero");
  return {
    configuration,
    targetValue,
    metric: metricOf(configuration, endpoint, variant),
    scaleInCooldown: optionalNumber(configuration, 'ScaleInCooldown') ?? defaultCooldown,
    scaleOutCooldown: optionalNumber(configuration, 'ScaleOutCooldown') ?? defaultCooldown,
    scaleInDisabled: optionalFlag(configuration, 'DisableScaleIn') ?? false,
  };
}

function metricOf(configuration: Body, endpoint: string, variant: string): TrackedMetric {
  const predefined = optionalText(body(configuration, 'PredefinedMetricSpecification'), 'PredefinedMetricType');
  if (predefined === 'SageMakerVariantInvocationsPerInstance')
    return {
      namespace: 'AWS/SageMaker',
      name: 'InvocationsPerInstance',
      dimensions: { EndpointName: endpoint, VariantName: variant },
      statistic: 'Sum',
    };
  if (predefined !== undefined)
    throw new Unsupported(
      `the predefined metric ${predefined}`,
      'supported: SageMakerVariantInvocationsPerInstance, or a customized metric',
    );
  const custom = body(configuration, 'CustomizedMetricSpecification');
  if (custom.Metrics !== undefined) throw new Unsupported('CustomizedMetricSpecification.Metrics (metric math)');
  return {
    namespace: text(custom, 'Namespace'),
    name: text(custom, 'MetricName'),
    dimensions: Object.fromEntries(
      bodies(custom, 'Dimensions').map((each) => [text(each, 'Name'), text(each, 'Value')]),
    ),
    statistic: text(custom, 'Statistic'),
  };
}

export const targetBody = (target: ScalableTarget, accountArn: (resource: string) => string): Body => ({
  ServiceNamespace: 'sagemaker',
  ResourceId: `endpoint/${target.endpoint}/variant/${target.variant}`,
  ScalableDimension: dimension,
  MinCapacity: target.min,
  MaxCapacity: target.max,
  RoleARN: target.roleArn,
  CreationTime: new Date(target.createdAt),
  ScalableTargetARN: accountArn(`scalable-target/${target.id}`),
  SuspendedState: {
    DynamicScalingInSuspended: false,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: false,
  },
});

export const policyBody = (policy: ScalingPolicy, alarmArn: (name: string) => string): Body => ({
  PolicyARN: policy.arn,
  PolicyName: policy.name,
  ServiceNamespace: 'sagemaker',
  ResourceId: policy.target,
  ScalableDimension: dimension,
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: policy.configuration,
  Alarms: [policy.highAlarm, policy.lowAlarm].map((name) => ({ AlarmName: name, AlarmARN: alarmArn(name) })),
  CreationTime: new Date(policy.createdAt),
});
