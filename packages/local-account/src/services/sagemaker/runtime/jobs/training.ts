import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bodies, body, optionalNumber, optionalText, text, textList } from '../../../../core/input';
import { hasContent, pack, unpackSafely } from './archive';
import { JobFolder, runContainer } from './container';
import { imageOf } from './image';
import type { Framework } from './image';
import { baseEnvironment, concluding, objectsOf, roleLogs, shorten } from './job';
import type { JobParts, JobResult, Request } from './job';
import { readMetrics } from './metric-definitions';
import type { Metric } from './metric-definitions';
import { ClientError } from './role-objects';
import type { RoleObjects } from './role-objects';
import { decodeHyperparameters, scriptArguments, trainingEnvironment } from './training-environment';

const oneDay = 86_400;

export interface TrainingResult extends JobResult {
  /** s3:// of model.tar.gz. */
  readonly model?: string;
  /** Last value of every metric the request defines. */
  readonly metrics: readonly Metric[];
}

async function materialise(request: Request, folder: JobFolder, objects: RoleObjects): Promise<readonly string[]> {
  const channels: string[] = [];
  for (const channel of bodies(request, 'InputDataConfig')) {
    const name = text(channel, 'ChannelName');
    const source = body(body(channel, 'DataSource'), 'S3DataSource');
    if (optionalText(source, 'S3Uri') === undefined)
      throw new ClientError(`channel '${name}' has no S3DataSource; file systems are not supported`);
    const mode =
      optionalText(channel, 'InputMode') ??
      optionalText(body(request, 'AlgorithmSpecification'), 'TrainingInputMode') ??
      'File';
    if (mode === 'Pipe')
      throw new ClientError(`channel '${name}' asks for input mode Pipe; the local account does File and FastFile`);
    const target = folder.folder(`/opt/ml/input/data/${name}`);
    if (optionalText(source, 'S3DataType') === 'ManifestFile')
      await objects.downloadManifest(text(source, 'S3Uri'), target);
    else await objects.downloadPrefix(text(source, 'S3Uri'), target);
    channels.push(name);
  }
  return channels;
}

/** Input configuration as containers find it in inputdataconfig.json. */
const inputDataConfig = (request: Request): unknown =>
  Object.fromEntries(
    bodies(request, 'InputDataConfig').map((each) => [
      text(each, 'ChannelName'),
      {
        TrainingInputMode: 'File',
        S3DistributionType:
          optionalText(body(body(each, 'DataSource'), 'S3DataSource'), 'S3DataDistributionType') ?? 'FullyReplicated',
        RecordWrapperType: optionalText(each, 'RecordWrapperType') ?? 'None',
        ...(optionalText(each, 'ContentType') === undefined ? {} : { ContentType: optionalText(each, 'ContentType') }),
      },
    ]),
  );

interface Script {
  readonly program: string;
  /** Folder of the sources, in the container. */
  readonly directory: string;
}

/** Unpacks the script-mode sources to /opt/ml/code. */
async function fetchScript(
  hyperparameters: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, unknown>>,
  folder: JobFolder,
  objects: RoleObjects,
): Promise<Script | undefined> {
  const program = hyperparameters['sagemaker_program'] ?? environment['SAGEMAKER_PROGRAM'];
  const directory = hyperparameters['sagemaker_submit_directory'] ?? environment['SAGEMAKER_SUBMIT_DIRECTORY'];
  if (program === undefined) return undefined;
  if (directory === undefined)
    throw new ClientError(
      `script mode needs 'sagemaker_submit_directory' beside 'sagemaker_program' (${String(program)})`,
    );
  if (!String(directory).startsWith('s3://')) {
    // The training toolkit takes a folder, or an archive that a channel brought (the way of isolated jobs).
    const place = folder.local(String(directory));
    if (statSync(place, { throwIfNoEntry: false })?.isFile() !== true)
      return { program: String(program), directory: String(directory) };
    await unpackSafely(place, folder.folder('/opt/ml/code'));
    return { program: String(program), directory: '/opt/ml/code' };
  }
  const archive = join(folder.path, 'sourcedir.tar.gz');
  await objects.downloadObject(String(directory), archive);
  await unpackSafely(archive, folder.folder('/opt/ml/code'));
  return { program: String(program), directory: '/opt/ml/code' };
}

/** What a job starts in the place of the image's own training program, and with it of the toolkit. */
function ownCommand(specification: Request): readonly string[] | undefined {
  const own = [...textList(specification, 'ContainerEntrypoint'), ...textList(specification, 'ContainerArguments')];
  return own.length === 0 ? undefined : own;
}

function commandOf(
  request: Request,
  script: Script | undefined,
  hyperparameters: Readonly<Record<string, unknown>>,
  framework: Framework,
): readonly string[] {
  if (script === undefined) {
    if (framework === 'xgboost') return ['python3', '-m', 'mooring_local.xgboost_algorithm', '--root', '/opt/ml'];
    throw new ClientError(
      "the scikit-learn image has no built-in algorithm; give the hyper-parameters 'sagemaker_program' and 'sagemaker_submit_directory'",
    );
  }
  const { program, directory } = script;
  return [
    ...['python3', '-m', 'mooring_local.script_mode', '--root', '/opt/ml'],
    ...(request['EnableNetworkIsolation'] === true ? ['--isolated'] : []),
    // XGBoost's container makes a package of the sources; scikit-learn's has a newer toolkit, which runs them as they are.
    ...(framework === 'scikit-learn' ? [] : ['--package']),
    ...[directory, program, ...scriptArguments(hyperparameters)],
  ];
}

/**
 * Runs one training job for real, in script mode, with the container's own command, or with XGBoost's built-in
 * algorithm; packs /opt/ml/model as model.tar.gz.
 */
export async function runTraining(
  parts: JobParts,
  name: string,
  arn: string,
  request: Request,
  stop: AbortSignal,
): Promise<TrainingResult> {
  let model: string | undefined;
  let metrics: readonly Metric[] = [];
  const result = await concluding(async () => {
    const specification = body(request, 'AlgorithmSpecification');
    if (optionalText(specification, 'AlgorithmName') !== undefined)
      throw new ClientError('algorithm resources are not supported; give AlgorithmSpecification.TrainingImage');
    const { framework } = imageOf(text(specification, 'TrainingImage'));
    const role = text(request, 'RoleArn');
    const objects = objectsOf(parts, role);
    const folder = new JobFolder(join(parts.folder, 'training', name));
    const raw = body(request, 'HyperParameters') as Record<string, string>;
    const hyperparameters = decodeHyperparameters(raw);
    const environment = body(request, 'Environment') as Record<string, string>;
    const channels = await materialise(request, folder, objects);
    const script = await fetchScript(hyperparameters, environment, folder, objects);
    const resourceConfig = {
      current_host: 'algo-1',
      current_instance_type: optionalText(body(request, 'ResourceConfig'), 'InstanceType') ?? 'local',
      hosts: ['algo-1'],
      network_interface_name: 'lo',
    };
    folder.write('/opt/ml/input/config/hyperparameters.json', JSON.stringify(raw));
    folder.write('/opt/ml/input/config/resourceconfig.json', JSON.stringify(resourceConfig));
    folder.write('/opt/ml/input/config/inputdataconfig.json', JSON.stringify(inputDataConfig(request)));
    for (const each of [
      '/opt/ml/model',
      '/opt/ml/output/data',
      '/opt/ml/output/intermediate',
      '/opt/ml/checkpoints',
      '/opt/ml/code',
    ])
      folder.folder(each);
    const own = ownCommand(specification);
    const interpreter = parts.interpreters.of(text(specification, 'TrainingImage'));
    const end = await runContainer(
      interpreter,
      roleLogs(
        parts,
        objects,
        text(specification, 'TrainingImage'),
        optionalText(body(request, 'ResourceConfig'), 'VolumeKmsKeyId'),
      ),
      {
        folder,
        command: own ?? commandOf(request, script, hyperparameters, framework),
        cwd: '/opt/ml/code',
        isolated: request['EnableNetworkIsolation'] === true,
        env: {
          ...baseEnvironment(parts, { role, name, folder: folder.path, python: interpreter.python }),
          ...trainingEnvironment({
            jobName: name,
            jobArn: arn,
            region: parts.account.region,
            hyperparameters,
            channels,
            inputDataConfig: inputDataConfig(request),
            resourceConfig,
            framework,
            ...(script === undefined ? {} : { program: script.program, submitDirectory: script.directory }),
            toolkit: own === undefined,
          }),
          ...environment,
        },
        timeout: optionalNumber(body(request, 'StoppingCondition'), 'MaxRuntimeInSeconds') ?? oneDay,
        stop,
        logGroup: '/aws/sagemaker/TrainingJobs',
        logStream: `${name}/algo-1-${Math.floor(parts.account.clock.now().getTime() / 1000)}`,
      },
    );
    metrics = readMetrics(bodies(specification, 'MetricDefinitions'), folder.log, framework);
    if (!end.succeeded && !end.timedOut && !end.stopped) {
      const own = folder.text('/opt/ml/output/failure');
      const kind = end.ended.signal === undefined ? 'AlgorithmError' : 'InternalServerError';
      return {
        status: 'Failed',
        failureReason: shorten(`${kind}: ${own === undefined ? '' : `${own.slice(0, 300)}\n`}${end.explanation}`),
      };
    }
    const target = `${text(body(request, 'OutputDataConfig'), 'S3OutputPath').replace(/\/+$/, '')}/${name}/output`;
    await upload(folder, '/opt/ml/output/data', `${target}/output.tar.gz`, objects);
    const packed = await upload(folder, '/opt/ml/model', `${target}/model.tar.gz`, objects, end.succeeded);
    if (packed) model = `${target}/model.tar.gz`;
    if (end.stopped) return { status: 'Stopped' };
    if (end.timedOut)
      return {
        status: 'Stopped',
        failureReason: shorten(
          `MaxRuntimeExceeded: the job ran longer than its MaxRuntimeInSeconds. ${end.explanation}`,
        ),
      };
    return { status: 'Completed' };
  });
  return { ...result, metrics, ...(model === undefined ? {} : { model }) };
}

async function upload(
  folder: JobFolder,
  path: string,
  uri: string,
  objects: RoleObjects,
  always = false,
): Promise<boolean> {
  if (!always && !hasContent(folder.local(path))) return false;
  const archive = join(folder.path, uri.slice(uri.lastIndexOf('/') + 1));
  await pack(folder.local(path), archive);
  await objects.uploadFile(archive, uri);
  return true;
}
