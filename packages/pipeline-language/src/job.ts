/** Whole request bodies in a few words, for the jobs that a data scientist writes most. */
import type { ProcessingInstanceType, TrainingInstanceType } from '@aws-sdk/client-sagemaker';
import type { Expression, Value } from './expression';
import {
  maxRuntime,
  processingCluster,
  processingInput,
  processingOutput,
  trainingChannel,
  trainingCluster,
} from './shorthand';
import type { RegisterModelArguments } from './steps/model';
import type { ProcessingArguments } from './steps/processing';
import type { TrainingArguments } from './steps/training';
import type { Opaque } from './token';

type Text = string | Expression<string>;
type Locations = Readonly<Record<string, Text>>;

/** A Python script in a container. */
export interface ScriptJob<O extends string> {
  readonly role: Text;
  readonly image: Text;
  readonly instance: ProcessingInstanceType | Expression<string> | Opaque;
  /** S3 prefix that holds the script. */
  readonly code: Text;
  readonly script: string;
  /** Passed to the script; numbers are written out. */
  readonly args?: readonly Value[];
  /** S3 prefixes by name, found in `/opt/ml/processing/input/<name>`. */
  readonly inputs?: Locations;
  /** S3 prefixes by name, filled from `/opt/ml/processing/output/<name>`. */
  readonly outputs: Readonly<Record<O, Text>>;
  readonly environment?: Locations;
  /** Default one hour. */
  readonly maxSeconds?: number;
}

/** Arguments of a ProcessingStep that runs one Python script. */
export function scriptJob<const O extends string>(job: ScriptJob<O>): ProcessingArguments<O> {
  const names = Object.keys(job.outputs) as O[];
  return {
    RoleArn: job.role,
    AppSpecification: {
      ImageUri: job.image,
      ContainerEntrypoint: ['python3', `/opt/ml/processing/input/code/${job.script}`],
      ContainerArguments: job.args?.map((arg) => (typeof arg === 'object' ? arg.asString() : String(arg))),
    },
    Environment: job.environment,
    ProcessingInputs: [
      processingInput('code', job.code),
      ...Object.entries(job.inputs ?? {}).map(([name, uri]) => processingInput(name, uri)),
    ],
    ProcessingOutputConfig: { Outputs: names.map((name) => processingOutput(name, job.outputs[name])) },
    ProcessingResources: processingCluster(job.instance),
    StoppingCondition: maxRuntime(job.maxSeconds ?? 3600),
  };
}

/** A training job with named channels. */
export interface TrainingJob {
  readonly role: Text;
  readonly image: Text;
  readonly instance: TrainingInstanceType | Expression<string> | Opaque;
  /** S3 prefixes by channel, found in `/opt/ml/input/data/<channel>`. */
  readonly channels: Locations;
  readonly contentType?: Text;
  /** S3 prefix for model.tar.gz. */
  readonly output: Text;
  readonly hyperParameters?: Readonly<Record<string, Value>>;
  /** What the container runs in place of the image's own training program. */
  readonly command?: readonly Text[];
  readonly environment?: Locations;
  /** Default one hour. */
  readonly maxSeconds?: number;
}

/** Arguments of a TrainingStep. */
export function trainingJob(job: TrainingJob): TrainingArguments {
  return {
    RoleArn: job.role,
    AlgorithmSpecification: { TrainingImage: job.image, TrainingInputMode: 'File', ...entrypoint(job.command) },
    HyperParameters: job.hyperParameters,
    Environment: job.environment,
    InputDataConfig: Object.entries(job.channels).map(([name, uri]) => trainingChannel(name, uri, job.contentType)),
    OutputDataConfig: { S3OutputPath: job.output },
    ResourceConfig: trainingCluster(job.instance),
    StoppingCondition: maxRuntime(job.maxSeconds ?? 3600),
  };
}

function entrypoint(command: readonly Text[] | undefined) {
  if (command === undefined) return {};
  return { ContainerEntrypoint: command.slice(0, 2), ContainerArguments: command.slice(2) };
}

/** A version of a model for the registry. */
export interface ModelVersion {
  readonly group: Text;
  readonly image: Text;
  readonly artifact: Text;
  /** What the model reads and answers; default CSV. */
  readonly contentTypes?: readonly string[];
  /** Whatever else CreateModelPackage takes: metrics, baselines, metadata, approval. */
  readonly others?: Omit<RegisterModelArguments, 'ModelPackageGroupName' | 'InferenceSpecification'>;
}

/** Arguments of a RegisterModelStep; the version waits for an approval. */
export function modelVersion({
  group,
  image,
  artifact,
  contentTypes = ['text/csv'],
  others,
}: ModelVersion): RegisterModelArguments {
  return {
    ModelApprovalStatus: 'PendingManualApproval',
    ...others,
    ModelPackageGroupName: group,
    InferenceSpecification: {
      Containers: [{ Image: image, ModelDataUrl: artifact }],
      SupportedContentTypes: contentTypes,
      SupportedResponseMIMETypes: contentTypes,
    },
  };
}
