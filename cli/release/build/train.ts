import { CopyObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  DescribePipelineExecutionCommand,
  ListModelPackagesCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineParametersForExecutionCommand,
  DescribeModelPackageCommand,
  type PipelineExecutionStep,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { UserError } from '@mooring/use-case/errors';
import { metadataKeys, prefixes, resourceNames } from '../../../contracts/names';
import { pipelineParameters } from '../../../contracts/pipeline-parameters';
import { releaseNames } from '../../../contracts/release';
import {
  type DataObject,
  type Digests,
  readFirst,
  type Release,
  type TrainRecord,
  writeFirst,
  writeRecord,
} from './record';
import { type Environment, openStage, type Stage } from './stage';
import { tagVariables } from './tools-folder';

/** Longest training a release waits for; CodeBuild's own limit is eight hours. */
const longestSeconds = 7.5 * 3600;
const ended = ['Succeeded', 'Failed', 'Stopped'];
const images: readonly string[] = [pipelineParameters.trainingImage, pipelineParameters.processingImage];

/** Raw objects as they are now, with their versions. */
async function rawData(staging: Stage, useCase: string): Promise<readonly DataObject[]> {
  const { Contents = [] } = await staging.s3.send(
    new ListObjectsV2Command({ Bucket: staging.dataBucket, Prefix: `${prefixes.raw(useCase)}/` }),
  );
  return Promise.all(
    Contents.map(async ({ Key = '', ETag = '' }) => {
      const { VersionId } = await staging.s3.send(new HeadObjectCommand({ Bucket: staging.dataBucket, Key }));
      return { key: Key, etag: ETag, ...(VersionId === undefined ? {} : { version_id: VersionId }) };
    }),
  );
}

const sameData = (a: readonly DataObject[], b: readonly DataObject[]): boolean =>
  JSON.stringify(a.map(({ key, etag }) => [key, etag])) === JSON.stringify(b.map(({ key, etag }) => [key, etag]));

/** Brings back the data that the tag was released with, when it is no longer what lies in the raw prefix. */
async function inputOf(
  staging: Stage,
  release: Release,
  first: TrainRecord | undefined,
  data: readonly DataObject[],
): Promise<{ readonly uri: string; readonly data: readonly DataObject[] }> {
  const { useCase, tag } = release;
  const raw = { uri: `s3://${staging.dataBucket}/${prefixes.raw(useCase)}`, data };
  if (first === undefined || first.data.length === 0 || sameData(first.data, data)) return raw;
  const folder = `${releaseNames.records(useCase, tag)}/data`;
  for (const { key, version_id } of first.data) {
    const name = key.slice(prefixes.raw(useCase).length + 1);
    const version = version_id === undefined ? '' : `?versionId=${encodeURIComponent(version_id)}`;
    await staging.s3.send(
      new CopyObjectCommand({
        Bucket: staging.dataBucket,
        Key: `${folder}/${name}`,
        CopySource: `${staging.dataBucket}/${key.split('/').map(encodeURIComponent).join('/')}${version}`,
      }),
    );
  }
  console.log(`the raw data changed since ${tag} was first released; training on the versions of then`);
  return { uri: `s3://${staging.dataBucket}/${folder}`, data: first.data };
}

const describeStep = ({ StepName, StepStatus, StartTime, EndTime, FailureReason }: PipelineExecutionStep): string => {
  const seconds =
    StartTime && EndTime ? ` after ${((EndTime.getTime() - StartTime.getTime()) / 1000).toFixed(0)} s` : '';
  return `  ${StepName ?? ''}: ${StepStatus ?? ''}${seconds}${FailureReason === undefined ? '' : `: ${FailureReason}`}`;
};

/** Follows an execution with a line per change. @throws UserError with the steps' reasons when it does not succeed in time. */
export async function follow(staging: Stage, arn: string, deadline = longestSeconds): Promise<void> {
  const started = Date.now();
  const printed = new Map<string, string>();
  for (;;) {
    const [execution, listed] = await Promise.all([
      staging.sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn })),
      staging.sagemaker.send(
        new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder: 'Ascending', MaxResults: 100 }),
      ),
    ]);
    const steps = listed.PipelineExecutionSteps ?? [];
    for (const step of steps) {
      if (printed.get(step.StepName ?? '') === step.StepStatus) continue;
      printed.set(step.StepName ?? '', step.StepStatus ?? '');
      console.log(describeStep(step));
    }
    const status = execution.PipelineExecutionStatus ?? '';
    if (status === 'Succeeded') return;
    if (ended.includes(status)) {
      const reasons = steps.flatMap((step) => (step.StepStatus === 'Failed' ? [describeStep(step).trim()] : []));
      throw UserError.of(
        `the SageMaker pipeline ended ${status}: ${execution.FailureReason ?? 'no reason given'}`,
        reasons,
      );
    }
    const passed = (Date.now() - started) / 1000;
    if (passed > deadline)
      throw new UserError(`the SageMaker pipeline did not end within ${deadline} s; it is ${status} (${arn})`);
    await new Promise((done) => setTimeout(done, passed < 60 ? 1000 : 15_000));
  }
}

/** The version that an execution registered. @throws UserError when there is none. */
async function packageOf(staging: Stage, useCase: string, executionArn: string): Promise<string> {
  const { ModelPackageSummaryList = [] } = await staging.sagemaker.send(
    new ListModelPackagesCommand({
      ModelPackageGroupName: resourceNames.packageGroup(useCase),
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 20,
    }),
  );
  for (const { ModelPackageArn } of ModelPackageSummaryList) {
    const { CustomerMetadataProperties = {} } = await staging.sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }),
    );
    if (CustomerMetadataProperties[metadataKeys.executionArn] === executionArn && ModelPackageArn !== undefined)
      return ModelPackageArn;
  }
  throw new UserError(`the execution ${executionArn} succeeded but registered no model version`);
}

/**
 * Starts the pipeline, once per execution of the release: a step that is repeated while its training runs, or after it
 * succeeded, follows the same one. After a failure it trains anew.
 */
async function start(
  staging: Stage,
  release: Release,
  parameters: Readonly<Record<string, string>>,
  env: Environment,
): Promise<string> {
  const begin = async (token: string): Promise<string> => {
    const { PipelineExecutionArn = '' } = await staging.sagemaker.send(
      new StartPipelineExecutionCommand({
        PipelineName: resourceNames.pipeline(release.useCase),
        PipelineExecutionDisplayName: release.tag.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 82),
        ClientRequestToken: token
          .replace(/[^A-Za-z0-9-]/g, '-')
          .padEnd(32, '0')
          .slice(0, 128),
        PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
    return PipelineExecutionArn;
  };
  const arn = await begin(`${release.executionId}-${release.useCase}`);
  const { PipelineExecutionStatus: status = '' } = await staging.sagemaker.send(
    new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }),
  );
  const attempt = env['CODEBUILD_BUILD_ID']?.split(':').at(-1);
  return ['Failed', 'Stopped'].includes(status) && attempt !== undefined
    ? begin(`${attempt}-${release.executionId}`)
    : arn;
}

/** Image parameters that an execution ran with, defaults included. */
async function imagesOf(staging: Stage, arn: string): Promise<Readonly<Record<string, string>>> {
  const { PipelineParameters = [] } = await staging.sagemaker.send(
    new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn: arn, MaxResults: 100 }),
  );
  return Object.fromEntries(
    PipelineParameters.flatMap(({ Name = '', Value = '' }) => (images.includes(Name) ? [[Name, Value]] : [])),
  );
}

/** What a version was made of, as the registry has it. */
async function digestsOf(staging: Stage, packageArn: string): Promise<Digests> {
  const { InferenceSpecification, CustomerMetadataProperties: metadata = {} } = await staging.sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: packageArn }),
  );
  return {
    image: InferenceSpecification?.Containers?.[0]?.ImageDigest ?? 'unknown',
    config: metadata[metadataKeys.configHash] ?? 'unknown',
    data: metadata[metadataKeys.dataHash] ?? 'unknown',
  };
}

/** @throws UserError when a repeated release is not made of what its first run was made of. */
export function checkSame({ tag }: Release, first: TrainRecord | undefined, now: TrainRecord): void {
  if (first === undefined) return;
  const different = (['image', 'config', 'data'] as const).flatMap((what) =>
    first.digests[what] === now.digests[what] ? [] : [`${what}: ${first.digests[what]} then, ${now.digests[what]} now`],
  );
  if (different.length > 0)
    throw UserError.of(
      `${tag} cannot be repeated: ${now.package_arn} is not made of what ${first.package_arn} was made of. Bring that back, or release the next version:`,
      different,
    );
}

/** Runs the tagged use case's SageMaker pipeline in staging and waits for its end. */
export async function train(release: Release, env: Environment): Promise<string> {
  const staging = await openStage('staging', env);
  const commit = tagVariables()['RELEASE_COMMIT'] ?? '';
  const first = await readFirst(staging, release);
  const input = await inputOf(staging, release, first, await rawData(staging, release.useCase));
  const parameters: Readonly<Record<string, string>> = {
    // Images are parameters so that an old release can be made again with what it was made with.
    ...Object.fromEntries(Object.entries(first?.parameters ?? {}).filter(([name]) => images.includes(name))),
    [pipelineParameters.inputData]: input.uri,
    // Releases are approved by a person, whatever the use case says about retrained versions.
    [pipelineParameters.approval]: 'PendingManualApproval',
    [pipelineParameters.trigger]: 'release',
    [pipelineParameters.commit]: commit,
    [pipelineParameters.tag]: release.tag,
  };
  const arn = await start(staging, release, parameters, env);
  console.log(`started ${arn}`);
  await follow(staging, arn);
  const packageArn = await packageOf(staging, release.useCase, arn);
  const record: TrainRecord = {
    tag: release.tag,
    commit,
    use_case: release.useCase,
    version: release.version,
    pipeline_execution_id: release.executionId,
    execution_arn: arn,
    package_arn: packageArn,
    parameters: { ...parameters, ...(await imagesOf(staging, arn)) },
    data: input.data,
    digests: await digestsOf(staging, packageArn),
  };
  checkSame(release, first, record);
  await writeRecord(staging, release, 'train.json', `${JSON.stringify(record, undefined, 2)}\n`);
  await writeFirst(staging, release, record);
  return `registered ${packageArn}`;
}
