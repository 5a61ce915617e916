import { AwsError, validation } from '../../../core/errors';
import { optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { AwsService, Body, Operation, Permission, Principal } from '../../../core/service';
import type { Collection } from '../../../core/store';
import type { ScalingTrigger } from '../../shared/peers';
import { CallerValidation } from '../runtime/caller-validation';
import {
  policyBody,
  resourceOf,
  targetBody,
  trackingOf,
  type ScalableTarget,
  type ScalingPolicy,
} from '../runtime/scaling-record';
import { Tracking, type Activity } from '../runtime/tracking';
import { partition } from '../../../core/partition';

const missing = (what: string): AwsError => new AwsError('ObjectNotFoundException', `${what} was not found`);

/** Application Auto Scaling of SageMaker variants. */
export class ApplicationAutoScaling implements AwsService, ScalingTrigger {
  readonly signingName = 'application-autoscaling';
  private readonly targets: Collection<ScalableTarget>;
  private readonly policies: Collection<ScalingPolicy>;
  private readonly activities: Collection<Activity>;
  private readonly tracking: Tracking;
  private readonly callers: CallerValidation;

  readonly operations: Readonly<Record<string, Operation>> = {
    RegisterScalableTarget: (input, { principal }) => this.register(input, principal),
    DescribeScalableTargets: (input) => ({
      ScalableTargets: this.selected(input).map((each) => targetBody(each, (resource) => this.arn(resource))),
    }),
    DeregisterScalableTarget: (input, { principal }) => this.deregister(input, principal),
    PutScalingPolicy: (input, { principal }) => this.putPolicy(input, principal),
    DescribeScalingPolicies: (input) => ({
      ScalingPolicies: this.selectedPolicies(input).map((each) =>
        policyBody(each, (name) => this.account.arn('cloudwatch', `alarm:${name}`)),
      ),
    }),
    DeleteScalingPolicy: (input, { principal }) => this.askedToDelete(input, principal),
    DescribeScalingActivities: (input) => ({ ScalingActivities: this.selectedActivities(input) }),
  };

  constructor(private readonly account: AccountParts) {
    this.targets = account.store.collection('application-autoscaling.targets');
    this.policies = account.store.collection('application-autoscaling.policies');
    this.activities = account.store.collection('application-autoscaling.activities');
    this.callers = new CallerValidation(account);
    this.tracking = new Tracking(account, this.targets, this.policies, this.activities);
  }

  start(): void {
    this.tracking.start();
  }

  scales(endpoint: string, variant: string): boolean {
    return this.targets.get(`endpoint/${endpoint}/variant/${variant}`) !== undefined;
  }

  alarmFired(policyArn: string, alarmName: string): void {
    this.tracking.alarmFired(policyArn, alarmName);
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const action = `application-autoscaling:${operation}`;
    const [namespace, dimension, resource] = [
      optionalText(input, 'ServiceNamespace'),
      optionalText(input, 'ScalableDimension'),
      optionalText(input, 'ResourceId'),
    ];
    if (operation.startsWith('Describe') || namespace === undefined || resource === undefined)
      return [{ action, resource: '*' }];
    const context = {
      'application-autoscaling:service-namespace': namespace,
      ...(dimension === undefined ? {} : { 'application-autoscaling:scalable-dimension': dimension }),
    };
    const asked = { resource: this.arn(`scalable-target/${this.targets.get(resource)?.id ?? '0new'}`), context };
    const dependent = operation === 'RegisterScalableTarget' ? ['application-autoscaling:TagResource'] : [];
    return [action, ...dependent].map((each) => ({ action: each, ...asked }));
  }

  private async register(input: Body, principal: Principal): Promise<Body> {
    const { endpoint, variant, key } = resourceOf(input);
    const before = this.targets.get(key);
    const [min, max] = [
      optionalNumber(input, 'MinCapacity') ?? before?.min,
      optionalNumber(input, 'MaxCapacity') ?? before?.max,
    ];
    if (min === undefined || max === undefined)
      throw validation("'MinCapacity' and 'MaxCapacity' are needed for a new scalable target");
    if (min > max) throw validation(`Maximum capacity (${max}) cannot be less than minimum capacity (${min})`);
    await this.callers.ofTarget(principal, endpoint);
    const id = before?.id ?? `0${this.account.newId().replaceAll('-', '').slice(0, 11)}`;
    const roleArn = this.callers.linkedRole(principal);
    this.targets.put(key, {
      id,
      endpoint,
      variant,
      min,
      max,
      roleArn,
      createdAt: before?.createdAt ?? this.account.clock.now().getTime(),
    });
    return { ScalableTargetARN: this.arn(`scalable-target/${id}`) };
  }

  private async deregister(input: Body, principal: Principal): Promise<void> {
    const { key } = resourceOf(input);
    if (this.targets.get(key) === undefined) throw missing(`the scalable target ${key}`);
    if (this.policies.values().some((each) => each.target === key)) this.callers.ofAlarms(principal, key, 'remove');
    this.targets.delete(key);
    for (const policy of this.policies.values()) if (policy.target === key) await this.deletePolicy(policy);
  }

  private async putPolicy(input: Body, principal: Principal): Promise<Body> {
    const { endpoint, variant, key } = resourceOf(input);
    if (this.targets.get(key) === undefined) throw missing(`the scalable target ${key}`);
    this.callers.ofAlarms(principal, key, 'make');
    const name = text(input, 'PolicyName');
    const before = this.policies.values().find((each) => each.target === key && each.name === name);
    const id = this.account.newId();
    const alarm = (kind: string): string => `TargetTracking-${key}-${kind}-${id}`;
    const policy: ScalingPolicy = {
      ...trackingOf(input, endpoint, variant),
      name,
      target: key,
      arn:
        before?.arn ??
        `arn:${partition}:autoscaling:${this.account.region}:${this.account.accountId}:scalingPolicy:${id}:resource/sagemaker/${key}:policyName/${name}`,
      highAlarm: before?.highAlarm ?? alarm('AlarmHigh'),
      lowAlarm: before?.lowAlarm ?? alarm('AlarmLow'),
      createdAt: before?.createdAt ?? this.account.clock.now().getTime(),
      scaledAt: before?.scaledAt,
    };
    this.policies.put(policy.arn, policy);
    await this.tracking.watch(policy);
    return {
      PolicyARN: policy.arn,
      Alarms: policyBody(policy, (each) => this.account.arn('cloudwatch', `alarm:${each}`)).Alarms,
    };
  }

  private async askedToDelete(input: Body, principal: Principal): Promise<void> {
    const policy = this.policy(input);
    this.callers.ofAlarms(principal, policy.target, 'remove');
    await this.deletePolicy(policy);
  }

  private async deletePolicy(policy: ScalingPolicy): Promise<void> {
    this.policies.delete(policy.arn);
    await this.tracking.unwatch(policy);
  }

  private policy(input: Body): ScalingPolicy {
    const { key } = resourceOf(input);
    const name = text(input, 'PolicyName');
    const policy = this.policies.values().find((each) => each.target === key && each.name === name);
    if (policy === undefined) throw missing(`the scaling policy ${name} of ${key}`);
    return policy;
  }

  private selected(input: Body): readonly ScalableTarget[] {
    const ids = textList(input, 'ResourceIds');
    return this.targets.entries().flatMap(([key, target]) => (ids.length === 0 || ids.includes(key) ? [target] : []));
  }

  private selectedPolicies(input: Body): readonly ScalingPolicy[] {
    const [names, resource] = [textList(input, 'PolicyNames'), optionalText(input, 'ResourceId')];
    return this.policies
      .values()
      .filter(
        (each) =>
          (names.length === 0 || names.includes(each.name)) && (resource === undefined || each.target === resource),
      );
  }

  private selectedActivities(input: Body): readonly Body[] {
    const resource = optionalText(input, 'ResourceId');
    const found = this.activities.values().filter((each) => resource === undefined || each.target === resource);
    return [...found].reverse().map((each) => ({
      ActivityId: each.id,
      ServiceNamespace: 'sagemaker',
      ResourceId: each.target,
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      Description: each.description,
      Cause: each.cause,
      StartTime: new Date(each.at),
      EndTime: new Date(each.at),
      StatusCode: each.status,
      StatusMessage: each.message,
    }));
  }

  private arn(resource: string): string {
    return this.account.arn('application-autoscaling', resource);
  }
}
