import { PutScalingPolicyCommand, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeModelPackageCommand, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { LiveManifest } from '../../contracts/live-manifest';
import { liveFiles, metadataKeys, prefixes, variantName } from '../../contracts/names';
import { copyInto, readJson, writeJson } from '../shared/objects';
import type { Context } from './context';
import type { Plan } from './plan';

function liveKey({ useCase, stage }: Context, file: string): string {
  return `${prefixes.live(useCase, stage)}/${file}`;
}

/** The live manifest as it is, or undefined before the first deployment. */
export function readLive(context: Context): Promise<LiveManifest | undefined> {
  return readJson(context.artifacts, liveKey(context, liveFiles.manifest));
}

/** Puts the baselines beside the manifest, and then the manifest: whoever finds a version there finds its baselines too. */
export async function publishLive(
  context: Context,
  plan: Plan,
  time: string,
  before?: LiveManifest,
): Promise<LiveManifest> {
  const described = await context.sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: plan.packageArn }),
  );
  const { DriftCheckBaselines: baselines, ModelMetrics: metrics } = described;
  const sources: Readonly<Record<string, string | undefined>> = {
    [liveFiles.statistics]: baselines?.ModelDataQuality?.Statistics?.S3Uri,
    [liveFiles.constraints]: baselines?.ModelDataQuality?.Constraints?.S3Uri,
    [liveFiles.bias]: baselines?.Bias?.PostTrainingConstraints?.S3Uri ?? baselines?.Bias?.PreTrainingConstraints?.S3Uri,
    [liveFiles.evaluation]: metrics?.ModelQuality?.Statistics?.S3Uri,
    [liveFiles.explanations]: baselines?.Explainability?.Constraints?.S3Uri,
    [liveFiles.predictions]: described.CustomerMetadataProperties?.[metadataKeys.predictions],
  };
  for (const [file, uri] of Object.entries(sources)) {
    if (uri !== undefined) await copyInto(context.artifacts, uri, liveKey(context, file));
  }
  const live: LiveManifest = {
    use_case: context.useCase,
    stage: context.stage,
    package_arn: plan.packageArn,
    version: plan.version,
    endpoint: context.endpointName,
    endpoint_config: plan.name,
    model: plan.name,
    deployed_at: time,
    execution_arn: plan.executionArn,
    metadata: plan.metadata,
    previous: previousOf(plan, before),
  };
  await writeJson(context.artifacts, liveKey(context, liveFiles.manifest), live);
  return live;
}

function previousOf(plan: Plan, before: LiveManifest | undefined): LiveManifest['previous'] {
  if (before === undefined) return undefined;
  if (before.endpoint_config === plan.name) return before.previous;
  const { package_arn, version, endpoint_config } = before;
  return { package_arn, version, endpoint_config };
}

/** Notes on the package how far it got in this stage. */
export async function setLifeCycle(
  context: Context,
  packageArn: string,
  status: 'Approved' | 'Rejected',
  description: string,
): Promise<void> {
  await context.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: packageArn,
      ModelLifeCycle: {
        Stage: context.stage === 'production' ? 'Production' : 'Staging',
        StageStatus: status,
        StageDescription: description.slice(0, 1024),
      },
    }),
  );
}

/** Keeps the fleet between its bounds by invocations per instance, when the use case asks for it. */
export async function setScaling({ autoscaling, settings, endpointName }: Context): Promise<void> {
  const wanted = settings.stage.autoscaling;
  if (wanted === undefined) return;
  const target = {
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${endpointName}/variant/${variantName}`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  } as const;
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
