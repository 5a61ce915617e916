/** Short forms of the request fragments that nearly every pipeline repeats, with SageMaker's usual defaults and paths. */
import type { Expression } from './expression';
import type { Opaque } from './token';
import type { ProcessingInstanceType, TrainingInstanceType } from '@aws-sdk/client-sagemaker';

type Text = string | Expression<string>;
type Size = number | Expression<number>;
type Instance<T extends string> = T | Expression<string> | Opaque;

/** An S3 prefix, copied to `/opt/ml/processing/input/<name>`. */
export function processingInput(name: string, uri: Text, localPath = `/opt/ml/processing/input/${name}`) {
  return {
    InputName: name,
    S3Input: {
      S3Uri: uri,
      LocalPath: localPath,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
      S3DataDistributionType: 'FullyReplicated',
    },
  } as const;
}

/** What the step leaves in `/opt/ml/processing/output/<name>`, uploaded when it ends. */
export function processingOutput<const N extends string>(
  name: N,
  uri: Text,
  localPath = `/opt/ml/processing/output/${name}`,
) {
  return { OutputName: name, S3Output: { S3Uri: uri, LocalPath: localPath, S3UploadMode: 'EndOfJob' } } as const;
}

/** The machines of a processing step. */
export function processingCluster(instance: Instance<ProcessingInstanceType>, count: Size = 1, volumeGb: Size = 30) {
  return { ClusterConfig: { InstanceType: instance, InstanceCount: count, VolumeSizeInGB: volumeGb } } as const;
}

/** A training channel: an S3 prefix, copied to `/opt/ml/input/data/<name>`. */
export function trainingChannel(name: string, uri: Text, contentType?: Text) {
  return {
    ChannelName: name,
    ContentType: contentType,
    DataSource: { S3DataSource: { S3Uri: uri, S3DataType: 'S3Prefix', S3DataDistributionType: 'FullyReplicated' } },
  } as const;
}

/** The machines of a training step. */
export function trainingCluster(instance: Instance<TrainingInstanceType>, count: Size = 1, volumeGb: Size = 30) {
  return { InstanceType: instance, InstanceCount: count, VolumeSizeInGB: volumeGb } as const;
}

/** Stops the job after so many seconds. */
export function maxRuntime(seconds: Size) {
  return { MaxRuntimeInSeconds: seconds } as const;
}
