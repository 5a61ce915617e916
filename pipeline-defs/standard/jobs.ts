import type { SparkCluster } from '../../packages/use-case/src/sections/compute';
import { prefixes } from '../../contracts/names';
import {
  execution,
  type Expression,
  join,
  type ProcessingArguments,
  ProcessingStep,
  scriptJob,
} from '../../packages/pipeline-language/src';
import type { PropertyFileOptions } from '../../packages/pipeline-language/src';
import { deployTime, processingCluster } from '../../packages/pipeline-language/src';
import type { StandardParameters } from './parameters';
import type { PipelineContext } from './place';

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

/** Instances of a cluster talk to each other, encrypted; an isolated container could not. */
function onCluster({ instance, count, volume_gb: volume }: SparkCluster) {
  return {
    NetworkConfig: { EnableNetworkIsolation: false, EnableInterContainerTrafficEncryption: true },
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
      ...(cluster === undefined ? { NetworkConfig: { EnableNetworkIsolation: true } } : onCluster(cluster)),
      ProcessingOutputConfig: { Outputs: job.ProcessingOutputConfig?.Outputs ?? [], KmsKeyId: place.kmsKeyArn },
    };
    return new ProcessingStep<O, F>(name, { arguments: args, propertyFiles, retry });
  }

  /** Where a step's output lies, below the execution. */
  location(step: string, output?: string): Expression<string> {
    const { place, useCase } = this.context;
    const root = `s3://${place.artifactBucket}/${prefixes.executions(useCase.name)}`;
    return join('/', [root, execution.id, step, ...(output === undefined ? [] : [output])]);
  }
}
