import type { SparkCluster } from '@mooring/use-case/sections/compute';
import { prefixes } from '../../contracts/names';
import {
  execution,
  type Expression,
  join,
  type ProcessingArguments,
  ProcessingStep,
  scriptJob,
} from '@mooring/pipeline-language';
import type { PropertyFileOptions } from '@mooring/pipeline-language';
import { deployTime, processingCluster } from '@mooring/pipeline-language';
import { type Network, vpcConfigOf } from '@mooring/use-case/sections/network';
import type { StandardParameters } from './parameters';
import type { PipelineContext } from './place';
import { textsOf } from './step-texts';

export type Text = string | Expression<string>;
export type Locations = Readonly<Record<string, Text>>;

/** Throttling and faults of the service are worth repeating; a failure of our own code is not. */
export const retry = [
  { on: ['Step.SERVICE_FAULT', 'Step.THROTTLING', 'SageMaker.CAPACITY_ERROR'], intervalSeconds: 30, maxAttempts: 3 },
] as const;

interface Script<O extends string, F extends string> {
  readonly command: readonly string[];
  readonly inputs: Locations;
  readonly outputs: readonly O[];
  readonly propertyFiles?: Readonly<Record<F, PropertyFileOptions>>;
  /** @default the processing image */
  readonly image?: Text;
  /** @default one instance of the processing instance type */
  readonly cluster?: SparkCluster;
}

/** NetworkConfig of a processing job. @param isolable whether it needs no network. */
export function networkOf(network: Network | undefined, isolable: boolean) {
  return {
    EnableNetworkIsolation: isolable && (network?.isolation ?? true),
    ...(network === undefined
      ? {}
      : {
          EnableInterContainerTrafficEncryption: network.inter_container_encryption,
          VpcConfig: vpcConfigOf(network),
        }),
  };
}

/** The same job with volumes that the key encrypts. */
function encrypted<O extends string>(job: ProcessingArguments<O>, key: string): ProcessingArguments<O> {
  const resources = job.ProcessingResources as { readonly ClusterConfig: Readonly<Record<string, unknown>> };
  const ClusterConfig = { ...resources.ClusterConfig, VolumeKmsKeyId: key };
  return { ...job, ProcessingResources: { ClusterConfig } as ProcessingArguments<O>['ProcessingResources'] };
}

/** Instances of a cluster talk to each other, encrypted; an isolated container could not. */
function onCluster({ instance, count, volume_gb: volume }: SparkCluster, network: Network | undefined) {
  return {
    NetworkConfig: { ...networkOf(network, false), EnableInterContainerTrafficEncryption: true },
    ProcessingResources: processingCluster(deployTime(instance), count, volume),
  };
}

/** Makes the steps of the code bundle, and knows where their outputs lie. */
export class StandardJobs {
  constructor(
    readonly context: PipelineContext,
    readonly parameters: StandardParameters,
  ) {}

  /** A step of the code bundle, by the rule of docs/architecture.md: `--<input> <folder>` for each input, one `--output`. */
  script<const O extends string, const F extends string = never>(
    name: string,
    { command, inputs, outputs, propertyFiles, image = this.parameters.processingImage, cluster }: Script<O, F>,
  ): ProcessingStep<O, F> {
    const { place } = this.context;
    const folders = Object.keys(inputs).flatMap((each) => [`--${each}`, `/opt/ml/processing/input/${each}`]);
    const locations = Object.fromEntries(outputs.map((each) => [each, this.location(name, each)]));
    const job = scriptJob<O>({
      role: place.roleArn,
      image: cluster?.image ?? image,
      instance: this.parameters.processingInstance,
      code: place.code.zip.uri,
      script: place.code.zip.file,
      args: [...command, ...folders, '--output', '/opt/ml/processing/output'],
      inputs,
      outputs: locations as Record<O, Text>,
    });
    const args: ProcessingArguments<O> = {
      ...job,
      ...(cluster === undefined
        ? { NetworkConfig: networkOf(this.context.useCase.network, true) }
        : onCluster(cluster, this.context.useCase.network)),
      ProcessingOutputConfig: { Outputs: job.ProcessingOutputConfig?.Outputs ?? [], KmsKeyId: place.kmsKeyArn },
    };
    return new ProcessingStep<O, F>(name, {
      ...textsOf(name),
      arguments: encrypted(args, place.kmsKeyArn),
      propertyFiles,
      retry,
    });
  }

  /** Where a step's output lies, below the execution. */
  location(step: string, output?: string): Expression<string> {
    const { place, useCase } = this.context;
    const root = `s3://${place.artifactBucket}/${prefixes.executions(useCase.name)}`;
    return join('/', [root, execution.id, step, ...(output === undefined ? [] : [output])]);
  }
}
