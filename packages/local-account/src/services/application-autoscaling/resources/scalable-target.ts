import { optionalText } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Provisioned, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { pick, resourceCall, unlessGone, type ResourceCall } from '../../shared/resource-calls';

const identity = ['ResourceId', 'ScalableDimension', 'ServiceNamespace'];

/** AWS::ApplicationAutoScaling::ScalableTarget and ScalingPolicy. */
export function applicationAutoscalingProviders(account: AccountParts): readonly ResourceProvider[] {
  const call = resourceCall(account, 'application-autoscaling');
  return [targetProvider(call), policyProvider(call)];
}

/** `Ref` is resource, dimension and namespace joined by bars, which policies take apart again. */
function targetProvider(call: ResourceCall): ResourceProvider {
  const put = async (properties: Body): Promise<Provisioned> => {
    await call('RegisterScalableTarget', pick(properties, [...identity, 'MinCapacity', 'MaxCapacity']));
    const id = identity.map((name) => String(properties[name])).join('|');
    return { physicalId: id, attributes: { Id: id } };
  };
  return {
    type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    properties: [...identity, 'MinCapacity', 'MaxCapacity'],
    accepted: { RoleARN: 'the service acts for itself' },
    replacedBy: identity,
    attributes: ['Id'],
    create: put,
    update: (_physicalId, properties) => put(properties),
    delete: (_physicalId, properties) => unlessGone(call('DeregisterScalableTarget', pick(properties, identity))),
  };
}

function policyProvider(call: ResourceCall): ResourceProvider {
  const members = ['PolicyName', 'PolicyType', 'TargetTrackingScalingPolicyConfiguration', ...identity];
  const input = (properties: Body): Body => {
    const [ResourceId, ScalableDimension, ServiceNamespace] = (optionalText(properties, 'ScalingTargetId') ?? '').split(
      '|',
    );
    return ServiceNamespace === undefined
      ? pick(properties, members)
      : { ...pick(properties, members), ResourceId, ScalableDimension, ServiceNamespace };
  };
  const put = async (properties: Body): Promise<Provisioned> => {
    const { PolicyARN } = await call('PutScalingPolicy', input(properties));
    return { physicalId: String(PolicyARN), attributes: { Arn: PolicyARN } };
  };
  return {
    type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    properties: [...members, 'ScalingTargetId'],
    replacedBy: ['PolicyName', 'ScalingTargetId', ...identity],
    attributes: ['Arn'],
    create: put,
    update: (_physicalId, properties) => put(properties),
    delete: (_physicalId, properties) =>
      unlessGone(call('DeleteScalingPolicy', pick(input(properties), ['PolicyName', ...identity]))),
  };
}
