import { join } from 'node:path';
import { bodies, body, optionalNumber, optionalText, text, textList } from '../../../../core/input';
import { JobFolder, runContainer } from './container';
import { isMonitorImage, sparkCommand, sparkVariables } from './spark';
import { knownImage, nameOf, standIn } from './stand-in';
import { baseEnvironment, concluding, objectsOf, roleLogs, shorten } from './job';
import type { JobParts, JobResult, Request } from './job';
import { ClientError } from './role-objects';
import type { RoleObjects, Shard } from './role-objects';

const oneDay = 86_400;

/** The request's inputs as files of the job. */
async function materialise(request: Request, folder: JobFolder, objects: RoleObjects, shard: Shard): Promise<void> {
  for (const input of bodies(request, 'ProcessingInputs')) {
    const name = text(input, 'InputName');
    const s3 = body(input, 'S3Input');
    if (optionalText(s3, 'S3Uri') === undefined)
      throw new ClientError(`input '${name}' has no S3Input.S3Uri; dataset definitions are not supported`);
    const mode = optionalText(s3, 'S3InputMode') ?? 'File';
    if (mode !== 'File')
      throw new ClientError(`input '${name}' asks for S3InputMode ${mode}; the local account does File`);
    const target = folder.folder(text(s3, 'LocalPath'));
    if (optionalText(s3, 'S3DataType') === 'ManifestFile') await objects.downloadManifest(text(s3, 'S3Uri'), target);
    else
      await objects.downloadPrefix(
        text(s3, 'S3Uri'),
        target,
        optionalText(s3, 'S3DataDistributionType') === 'ShardedByS3Key' ? shard : undefined,
      );
  }
}

const outputsOf = (
  request: Request,
): readonly { readonly name: string; readonly path: string; readonly uri: string }[] =>
  bodies(body(request, 'ProcessingOutputConfig'), 'Outputs').map((each) => {
    const s3 = body(each, 'S3Output');
    const name = text(each, 'OutputName');
    if (optionalText(s3, 'S3Uri') === undefined)
      throw new ClientError(`output '${name}' has no S3Output.S3Uri; feature store outputs are not supported`);
    return { name, path: text(s3, 'LocalPath'), uri: text(s3, 'S3Uri') };
  });

interface Host {
  readonly parts: JobParts;
  readonly name: string;
  readonly arn: string;
  readonly request: Request;
  readonly stop: AbortSignal;
  readonly shard: Shard;
}

/** One instance of the job: its inputs, its process, its outputs. */
async function runHost({ parts, name, arn, request, stop, shard }: Host): Promise<JobResult> {
  const app = body(request, 'AppSpecification');
  const role = text(request, 'RoleArn');
  const objects = objectsOf(parts, role);
  const host = `algo-${shard.index + 1}`;
  const folder = new JobFolder(join(parts.folder, 'processing', name, ...(shard.count === 1 ? [] : [host])));
  const image = text(app, 'ImageUri');
  const own = standIn(image);
  const command = own?.command ?? [...textList(app, 'ContainerEntrypoint'), ...textList(app, 'ContainerArguments')];
  if (command.length === 0)
    throw new ClientError('AppSpecification has no ContainerEntrypoint; the prebuilt images need one');
  const ofMonitor = isMonitorImage(nameOf(image, parts.account.findPeer('images')));
  const started = ofMonitor ? sparkCommand(command, parts.account.host.for('job')) : command;
  await materialise(request, folder, objects, shard);
  const outputs = outputsOf(request);
  for (const output of outputs) folder.folder(output.path);
  const cluster = body(body(request, 'ProcessingResources'), 'ClusterConfig');
  const hosts = Array.from({ length: shard.count }, (_, index) => `algo-${index + 1}`);
  folder.write(
    '/opt/ml/config/processingjobconfig.json',
    JSON.stringify({ ...request, ProcessingJobName: name, ProcessingJobArn: arn }),
  );
  folder.write(
    '/opt/ml/config/resourceconfig.json',
    JSON.stringify({ current_host: host, hosts, current_instance_type: optionalText(cluster, 'InstanceType') }),
  );
  for (const each of ['/opt/ml/output', '/opt/ml/processing']) folder.folder(each);
  const interpreter = parts.interpreters.of(image);
  const end = await runContainer(
    interpreter,
    roleLogs(parts, objects, image, optionalText(cluster, 'VolumeKmsKeyId')),
    {
      folder,
      command: started,
      cwd: '/opt/ml/processing',
      env: {
        ...baseEnvironment(parts, { role, name, folder: folder.path, python: interpreter.python }),
        ...(ofMonitor ? sparkVariables(parts.account.host.for('job')) : {}),
        ...(body(request, 'Environment') as Record<string, string>),
        ...own?.environment,
      },
      isolated: body(request, 'NetworkConfig')['EnableNetworkIsolation'] === true,
      timeout: optionalNumber(body(request, 'StoppingCondition'), 'MaxRuntimeInSeconds') ?? oneDay,
      stop,
      logGroup: '/aws/sagemaker/ProcessingJobs',
      logStream: `${name}/${host}`,
    },
  );
  const message = folder.text('/opt/ml/output/message');
  const exitMessage = message === undefined ? {} : { exitMessage: message.slice(0, 1024) };
  const failed = (reason: string): JobResult => ({ status: 'Failed', failureReason: shorten(reason), ...exitMessage });
  if (end.stopped) return { status: 'Stopped', ...exitMessage };
  if (end.timedOut) return failed(`ClientError: the job ran longer than its MaxRuntimeInSeconds. ${end.explanation}`);
  if (!end.succeeded)
    return failed(`${end.ended.signal === undefined ? 'AlgorithmError' : 'InternalServerError'}: ${end.explanation}`);
  for (const output of outputs) await objects.uploadFolder(folder.local(output.path), output.uri);
  return { status: 'Completed', ...exitMessage };
}

/**
 * Runs one processing job for real: inputs below /opt/ml/processing, the container's command, outputs to S3 at the end
 * of the job (also those that ask for Continuous). Several instances are as many processes, one after the other; of the
 * monitor's own image they are one.
 */
export function runProcessing(
  parts: JobParts,
  name: string,
  arn: string,
  request: Request,
  stop: AbortSignal,
): Promise<JobResult> {
  return concluding(async () => {
    const image = text(body(request, 'AppSpecification'), 'ImageUri');
    const registry = parts.account.findPeer('images');
    knownImage(image, registry);
    const asked = optionalNumber(body(body(request, 'ProcessingResources'), 'ClusterConfig'), 'InstanceCount') ?? 1;
    // Instances of a Spark cluster need each other at the same time; here the processors of one machine are the cluster.
    const count = isMonitorImage(nameOf(image, registry)) ? 1 : asked;
    let result: JobResult = { status: 'Completed' };
    for (let index = 0; index < count && result.status === 'Completed'; index += 1) {
      result = await runHost({ parts, name, arn, request, stop, shard: { index, count } });
    }
    return result;
  });
}
