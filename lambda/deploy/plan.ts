import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { metadataKeys } from '../../contracts/names';
import { shortHash } from '../shared/hash';
import type { Context } from './context';

/** What shall serve: fully determined by the package and the stage, so that repeating it changes nothing. */
export interface Plan {
  readonly packageArn: string;
  readonly version: number;
  /** Name of the model and of the endpoint configuration; carries a hash of everything they are made of. */
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly executionArn?: string;
}

/** @throws Error when the package is no version of a group. */
export function planOf(context: Context, described: DescribeModelPackageOutput): Plan {
  const { ModelPackageArn: packageArn, ModelPackageVersion: version } = described;
  if (packageArn === undefined || version === undefined) {
    throw new Error(
      `model package ${described.ModelPackageName ?? packageArn ?? ''} has no version; only versions of a group are deployed`,
    );
  }
  const { instance, count, capture } = context.settings.stage;
  const made = { packageArn, instance, count, capture, role: context.executionRoleArn, key: context.kmsKeyArn };
  const metadata = described.CustomerMetadataProperties ?? {};
  return {
    packageArn,
    version,
    name: `${context.endpointName}-v${version}-${shortHash(made, 8)}`,
    metadata,
    executionArn: metadata[metadataKeys.executionArn],
  };
}
