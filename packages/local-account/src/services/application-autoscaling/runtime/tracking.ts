import { messageOf } from '../../../core/errors';
import { bodies, optionalNumber } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import '../../shared/peers';
import type { ScalableTarget, ScalingPolicy } from './scaling-record';

declare module '../../../core/trace' {
  interface TraceEvents {
    'scaling.changed': {
      readonly endpoint: string;
      readonly variant: string;
      readonly from: number;
      readonly to: number;
      readonly cause: string;
    };
    'scaling.failed': { readonly endpoint: string; readonly variant: string; readonly error: string };
  }
}

/** Why and how far a target was scaled. */
export interface Activity {
  readonly id: string;
  readonly target: string;
  readonly description: string;
  readonly cause: string;
  readonly at: number;
  readonly status: 'Successful' | 'Failed';
  readonly message: string;
}

const minute = 60_000;
/** Scale-in begins below this share of the target value, so that a fleet does not go up and down. */
const lowShare = 0.9;

/**
 * Target tracking as Application Auto Scaling does it: an alarm on three minutes above the target scales out, one on fifteen
 * minutes below nine tenths of it scales in; capacity changes in proportion, within bounds and cool-downs, minute by minute as
 * long as the alarm fires.
 */
export class Tracking {
  private readonly timers = new Map<string, () => void>();

  constructor(
    private readonly account: AccountParts,
    private readonly targets: Collection<ScalableTarget>,
    private readonly policies: Collection<ScalingPolicy>,
    private readonly activities: Collection<Activity>,
  ) {}

  /** Makes the policy's two alarms. */
  async watch(policy: ScalingPolicy): Promise<void> {
    const { metric, targetValue } = policy;
    const common = {
      ActionsEnabled: true,
      AlarmActions: [policy.arn],
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.arn}.`,
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: metric.statistic,
      Period: 60,
    };
    await this.call('PutMetricAlarm', {
      ...common,
      AlarmName: policy.highAlarm,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: targetValue,
      EvaluationPeriods: 3,
    });
    await this.call('PutMetricAlarm', {
      ...common,
      AlarmName: policy.lowAlarm,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: targetValue * lowShare,
      EvaluationPeriods: 15,
    });
  }

  async unwatch(policy: ScalingPolicy): Promise<void> {
    for (const name of [policy.highAlarm, policy.lowAlarm]) {
      this.timers.get(name)?.();
      this.timers.delete(name);
    }
    await this.call('DeleteAlarms', { AlarmNames: [policy.highAlarm, policy.lowAlarm] });
  }

  /** Goes on with alarms that fire already. */
  start(): void {
    for (const policy of this.policies.values())
      for (const alarm of [policy.highAlarm, policy.lowAlarm]) this.again(policy.arn, alarm);
  }

  alarmFired(policyArn: string, alarm: string): void {
    void this.account.clock.track(Promise.resolve().then(() => this.adjust(policyArn, alarm)));
  }

  private async adjust(policyArn: string, alarm: string): Promise<void> {
    const policy = this.policies.values().find((each) => each.arn === policyArn);
    const target = policy === undefined ? undefined : this.targets.get(policy.target);
    if (policy === undefined || target === undefined || this.account.findPeer('alarms')?.stateOf(alarm) !== 'ALARM')
      return;
    this.again(policyArn, alarm);
    try {
      await this.scale(policy, target, alarm);
    } catch (error) {
      this.account.trace.emit('scaling.failed', {
        endpoint: target.endpoint,
        variant: target.variant,
        error: messageOf(error),
      });
    }
  }

  private again(policyArn: string, alarm: string): void {
    this.timers.get(alarm)?.();
    this.timers.set(
      alarm,
      this.account.clock.after(minute, `scale by ${alarm}`, () => this.adjust(policyArn, alarm)),
    );
  }

  private async scale(policy: ScalingPolicy, target: ScalableTarget, alarm: string): Promise<void> {
    const outwards = alarm === policy.highAlarm;
    const now = this.account.clock.now().getTime();
    const cooldown = outwards ? policy.scaleOutCooldown : policy.scaleInCooldown;
    if (!outwards && policy.scaleInDisabled) return;
    if (policy.scaledAt !== undefined && now - policy.scaledAt < cooldown * 1000) return;
    const value = await this.latest(policy, now);
    const current = await this.capacity(target);
    if (value === undefined || current === undefined) return;
    const proportional = Math.ceil((current * value) / policy.targetValue);
    const wanted = Math.min(
      Math.max(outwards ? Math.max(proportional, current) : Math.min(proportional, current), target.min),
      target.max,
    );
    if (wanted === current) return;
    await this.account.call(
      'sagemaker',
      'UpdateEndpointWeightsAndCapacities',
      {
        EndpointName: target.endpoint,
        DesiredWeightsAndCapacities: [{ VariantName: target.variant, DesiredInstanceCount: wanted }],
      },
      this.account.iam.service,
    );
    this.policies.put(policy.arn, { ...policy, scaledAt: now });
    const cause = `monitor alarm ${alarm} in state ALARM triggered policy ${policy.name}`;
    const id = this.account.newId();
    this.activities.put(id, {
      id,
      target: policy.target,
      description: `Setting desired instance count to ${wanted}.`,
      cause,
      at: now,
      status: 'Successful',
      message: `Successfully set desired instance count to ${wanted}. Change successfully fulfilled by sagemaker.`,
    });
    this.account.trace.emit('scaling.changed', {
      endpoint: target.endpoint,
      variant: target.variant,
      from: current,
      to: wanted,
      cause,
    });
  }

  /** Value of the last minute with data. */
  private async latest({ metric }: ScalingPolicy, now: number): Promise<number | undefined> {
    const { Datapoints } = await this.call('GetMetricStatistics', {
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistics: [metric.statistic],
      Period: 60,
      StartTime: new Date(now - 5 * minute),
      EndTime: new Date(now + 1),
    });
    const last = bodies({ Datapoints }, 'Datapoints').at(-1);
    return last === undefined ? undefined : optionalNumber(last, metric.statistic);
  }

  private async capacity(target: ScalableTarget): Promise<number | undefined> {
    const { ProductionVariants } = await this.account.call(
      'sagemaker',
      'DescribeEndpoint',
      { EndpointName: target.endpoint },
      this.account.iam.service,
    );
    const variant = bodies({ ProductionVariants }, 'ProductionVariants').find(
      (each) => each.VariantName === target.variant,
    );
    return variant === undefined
      ? undefined
      : (optionalNumber(variant, 'DesiredInstanceCount') ?? optionalNumber(variant, 'CurrentInstanceCount'));
  }

  private call(operation: string, input: Body): Promise<Body> {
    return this.account.call('monitoring', operation, input, this.account.iam.service);
  }
}
