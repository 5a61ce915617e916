import { DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import { UserError } from '@mooring/use-case/errors';
import { appName, resourceNames, stackNames, stageNames } from '../../contracts/names';
import { releaseNames } from '../../contracts/release';
import { listPackages } from '../shared/registry';
import type { Session } from '../shared/session';

/** Called with what was deleted. */
type Tell = (text: string) => void;

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Stacks in the order in which they can go: who uses comes before who is used. */
export const stackOrder = (useCases: readonly string[]): readonly string[] => [
  ...useCases.flatMap((name) => [
    stackNames.retraining(name),
    stackNames.monitoring(name),
    stackNames.frontDoor(name),
    stackNames.serving(name),
    stackNames.serving(name, 'staging'),
  ]),
  releaseNames.accessStack('production'),
  releaseNames.accessStack('staging'),
  ...useCases.map((name) => stackNames.training(name)),
  stackNames.release,
  stackNames.foundation,
];

/** Endpoints, configurations and models belong to the deploy function, not to a stack, so they go first. */
async function removeEndpoints({ clients }: Session, useCase: string, tell: Tell): Promise<void> {
  const { sagemaker } = clients;
  for (const stage of stageNames) {
    const endpoint = resourceNames.endpoint(useCase, stage);
    const { Endpoints = [] } = await sagemaker.send(new ListEndpointsCommand({ NameContains: endpoint }));
    if (Endpoints.some(({ EndpointName }) => EndpointName === endpoint)) {
      await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
      tell(`endpoint ${endpoint}`);
    }
    const own = (name = ''): boolean => name.startsWith(`${endpoint}-v`);
    const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand({ NameContains: endpoint }));
    for (const { EndpointConfigName } of EndpointConfigs)
      if (own(EndpointConfigName)) await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName }));
    const { Models = [] } = await sagemaker.send(new ListModelsCommand({ NameContains: endpoint }));
    for (const { ModelName } of Models) if (own(ModelName)) await sagemaker.send(new DeleteModelCommand({ ModelName }));
  }
}

async function removeStack({ clients }: Session, StackName: string, tell: Tell): Promise<void> {
  const state = async (): Promise<{ readonly status: string; readonly reason: string } | undefined> => {
    const { Stacks = [] } = await clients.cloudformation.send(new DescribeStacksCommand({}));
    const found = Stacks.find((each) => each.StackName === StackName);
    return found === undefined ? undefined : { status: found.StackStatus ?? '', reason: found.StackStatusReason ?? '' };
  };
  if ((await state()) === undefined) return;
  await clients.cloudformation.send(new DeleteStackCommand({ StackName }));
  for (;;) {
    const now = await state();
    if (now === undefined || now.status === 'DELETE_COMPLETE') break;
    if (now.status === 'DELETE_FAILED')
      throw new UserError(
        `${StackName} could not be deleted: ${now.reason}. Mend that and run \`npx mooring destroy\` again; it goes on where it stopped`,
      );
    await pause(100);
  }
  tell(`stack ${StackName}`);
}

async function removeGroup(session: Session, useCase: string, tell: Tell): Promise<void> {
  const { sagemaker } = session.clients;
  const group = resourceNames.packageGroup(useCase);
  const packages = await listPackages(session.clients, useCase).catch(() => undefined);
  if (packages === undefined) return;
  for (const { arn } of packages) await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: arn }));
  await sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: group }));
  tell(`registry ${group} with ${packages.length} versions`);
}

/** Buckets of this application, also those whose stack is gone already: their tags say whose they are. */
async function ownBuckets({ clients }: Session): Promise<readonly string[]> {
  const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand({}));
  const own: string[] = [];
  for (const { Name = '' } of Buckets) {
    const { TagSet = [] } = await clients.s3
      .send(new GetBucketTaggingCommand({ Bucket: Name }))
      .catch(() => ({ TagSet: [] }));
    if (TagSet.some(({ Key, Value }) => Key === 'Application' && Value === appName)) own.push(Name);
  }
  return own;
}

async function removeBucket({ clients }: Session, Bucket: string, tell: Tell): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await clients.s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    await clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
  await clients.s3.send(new DeleteBucketCommand({ Bucket }));
  tell(`bucket ${Bucket}`);
}

/**
 * Takes everything of the use cases away, in the right order.
 *
 * @param empty also what the stacks retain: registry, data and artifacts.
 */
export async function destroy(
  session: Session,
  useCases: readonly string[],
  empty: boolean,
  tell: Tell,
): Promise<void> {
  for (const name of useCases) await removeEndpoints(session, name, tell);
  for (const name of stackOrder(useCases)) await removeStack(session, name, tell);
  if (!empty) return;
  for (const name of useCases) await removeGroup(session, name, tell);
  for (const bucket of await ownBuckets(session)) await removeBucket(session, bucket, tell);
}
