import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import type { DeploymentPlan } from '../../contracts/records/deployment-record';
import type { ModelArtifact } from '../../contracts/records/live-manifest';
import { metadataKeys } from '../../contracts/names';
import { shortHash } from '../shared/hash';
import { etagOf } from '../shared/objects';
import type { Context } from './context';

export type Plan = DeploymentPlan;

/** @throws Error when the package is no version of a group. */
export async function planOf(context: Context, described: DescribeModelPackageOutput): Promise<Plan> {
  const { ModelPackageArn: packageArn, ModelPackageVersion: version } = described;
  if (packageArn === undefined || version === undefined) {
    throw new Error(
      `model package ${described.ModelPackageName ?? packageArn ?? ''} has no version; only versions of a group are deployed`,
    );
  }
  const { instance, count, capture, serverless, async: asynchronous } = context.settings.stage;
  const artifact = await artifactOf(context, described);
  const made = {
    packageArn,
    instance,
    count,
    capture,
    serverless,
    async: asynchronous,
    role: context.executionRoleArn,
    key: context.kmsKeyArn,
    network: context.settings.network,
    digest: artifact?.digest,
  };
  const metadata = described.CustomerMetadataProperties ?? {};
  return {
    packageArn,
    version,
    name: `${context.endpointName}-v${version}-${shortHash(made, 8)}`,
    metadata,
    executionArn: metadata[metadataKeys.executionArn],
    artifact,
  };
}

/** The model data as it lies there now; undefined for a package without a single object of model data. */
async function artifactOf(
  { artifacts }: Context,
  { InferenceSpecification }: DescribeModelPackageOutput,
): Promise<ModelArtifact | undefined> {
  const uri = InferenceSpecification?.Containers?.[0]?.ModelDataUrl;
  if (uri === undefined) return undefined;
  const digest = await etagOf(artifacts.s3, uri);
  return digest === undefined ? undefined : { uri, digest };
}
