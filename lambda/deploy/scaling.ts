import {
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import { variantName } from '../../contracts/names';
import { nameOf } from '../shared/objects';
import type { Context } from './context';
import { Intents } from './intents';

/** Keeps the fleet between its bounds by invocations per instance, when the use case asks for it. */
export async function setScaling(context: Context): Promise<void> {
  const { autoscaling, settings, endpointName } = context;
  const wanted = settings.stage.autoscaling;
  if (wanted === undefined) return;
  const target = targetOf(context);
  await autoscaling.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: wanted.min, MaxCapacity: wanted.max }),
  );
  await autoscaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: `${endpointName}-invocations`,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: wanted.invocations_per_instance,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      },
    }),
  );
}

/**
 * Takes the scalable target away before an update that SageMaker would refuse because of it: one that removes the variant or
 * changes its instance type. A target of a use case that asks for no scaling any more goes in any case: it would go on scaling.
 */
export async function releaseTarget(context: Context, from: string | undefined, to: string): Promise<void> {
  if (context.settings.stage.autoscaling === undefined) {
    if (!(await new Intents(context.artifacts, context.useCase, context.stage).everScaled())) return;
  } else {
    const [now, next] = await Promise.all([instanceOf(context, from), instanceOf(context, to)]);
    if (now === next) return;
  }
  try {
    await context.autoscaling.send(new DeregisterScalableTargetCommand(targetOf(context)));
  } catch (error) {
    if (nameOf(error) !== 'ObjectNotFoundException') throw error;
  }
}

async function instanceOf({ sagemaker }: Context, configName: string | undefined): Promise<string | undefined> {
  if (configName === undefined) return undefined;
  const { ProductionVariants: variants = [] } = await sagemaker.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: configName }),
  );
  return variants.find((each) => each.VariantName === variantName)?.InstanceType;
}

function targetOf({ endpointName }: Context) {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${endpointName}/variant/${variantName}`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  } as const;
}
