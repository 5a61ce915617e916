import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { UserError } from '../../../contracts/errors';
import { metadataKeys, prefixes, resourceNames } from '../../../contracts/names';
import { readFoundation } from '../foundation';
import { readJson, readObject } from '../objects';
import { describePackage, listPackages } from '../registry';
import type { Session } from '../session';

/** One link of the chain, from an answer back to what it was made of. */
export interface Link {
  readonly what: string;
  readonly value: string;
}

interface Captured {
  readonly eventMetadata: { readonly eventId: string; readonly inferenceId?: string; readonly inferenceTime: string };
}

async function keysBelow(session: Session, bucket: string, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await session.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

/** The captured request with an inference id; the newest files are searched first. */
async function findCaptured(
  session: Session,
  bucket: string,
  useCase: string,
  id: string,
): Promise<Captured['eventMetadata']> {
  const prefix = `${prefixes.capture(useCase)}/${resourceNames.endpoint(useCase)}/`;
  const keys = [...(await keysBelow(session, bucket, prefix))].sort().reverse();
  for (const key of keys) {
    const text = (await readObject(session.clients, bucket, key)) ?? '';
    for (const line of text.split('\n')) {
      if (!line.includes(id)) continue;
      const { eventMetadata } = JSON.parse(line) as Captured;
      if (eventMetadata.inferenceId === id || eventMetadata.eventId === id) return eventMetadata;
    }
  }
  throw new UserError(
    `no captured request of ${resourceNames.endpoint(useCase)} has the inference id '${id}' (${keys.length} files searched); was capture on when it was answered?`,
  );
}

/** The version that served at an instant, by the deployments that ended well. */
async function packageAt(session: Session, bucket: string, useCase: string, time: string): Promise<string> {
  const root = `${prefixes.markers(useCase)}/deploy-production/`;
  const done = (await keysBelow(session, bucket, root)).filter((key) => key.endsWith('/done.json')).sort();
  if (done.length === 0)
    throw new UserError(`no version of ${useCase} serves yet: approve one (npx mooring approve ${useCase}) or release it`);
  const intents = await Promise.all(
    done.map((key) =>
      readJson<{ readonly plan: { readonly packageArn: string }; readonly eventTime: string }>(
        session.clients,
        bucket,
        key.replace(/done\.json$/, 'intent.json'),
      ),
    ),
  );
  const before = intents.filter((each) => each !== undefined && Date.parse(each.eventTime) <= Date.parse(time)).at(-1);
  if (before === undefined) throw new UserError(`no deployment of ${useCase} had ended by ${time}`);
  return before.plan.packageArn;
}

/** What to start from: an inference id, a package version or ARN, or what serves now. */
export interface LineageOptions {
  readonly inferenceId?: string;
  readonly package?: string;
}

/** Who let a version in: what the release noted, else who changed the version last, else nobody. */
export function approverOf({
  ModelApprovalStatus: status,
  CustomerMetadataProperties: metadata = {},
  LastModifiedBy: by,
}: Pick<DescribeModelPackageOutput, 'ModelApprovalStatus' | 'CustomerMetadataProperties' | 'LastModifiedBy'>): string {
  if (status !== 'Approved') return `nobody: ${status ?? 'no status'}`;
  const identity = by?.IamIdentity?.Arn ?? by?.UserProfileName;
  return metadata[metadataKeys.approvedBy] ?? identity ?? 'nobody: the use case approves what passes its gates';
}

/** The chain of evidence of a prediction or a model version. @throws UserError when a link is missing. */
export async function lineageOf(session: Session, useCase: string, options: LineageOptions): Promise<readonly Link[]> {
  const { dataBucket, artifactBucket } = await readFoundation(session.clients);
  const links: Link[] = [];
  const add = (what: string, value: string | undefined): void =>
    void links.push({ what, value: value ?? 'not recorded' });
  let arn = options.package;
  if (options.inferenceId !== undefined) {
    const { inferenceTime } = await findCaptured(session, dataBucket, useCase, options.inferenceId);
    add('prediction', `${options.inferenceId} at ${inferenceTime}`);
    arn = await packageAt(session, artifactBucket, useCase, inferenceTime);
  } else if (arn !== undefined && /^\d+$/.test(arn)) {
    arn = (await listPackages(session.clients, useCase)).find(
      ({ version }) => String(version) === options.package,
    )?.arn;
    if (arn === undefined) throw new UserError(`${useCase} has no model version ${options.package ?? ''}`);
  }
  if (arn === undefined) arn = await packageAt(session, artifactBucket, useCase, new Date(8.64e15).toISOString());
  const described = await describePackage(session.clients, arn);
  const metadata = described.CustomerMetadataProperties ?? {};
  const container = described.InferenceSpecification?.Containers?.[0];
  add('model package', arn);
  add(
    'approval',
    `${described.ModelApprovalStatus ?? ''}${described.ApprovalDescription === undefined ? '' : `: ${described.ApprovalDescription}`}`,
  );
  add('approver', approverOf(described));
  add('pipeline execution', metadata[metadataKeys.executionArn]);
  add('tag', metadata[metadataKeys.tag]);
  add('commit', metadata[metadataKeys.commit]);
  add('use-case version', metadata[metadataKeys.useCaseVersion]);
  add('training image', metadata[metadataKeys.image]);
  add('image digest', metadata[metadataKeys.imageDigest] ?? container?.ImageDigest);
  add('configuration hash', metadata[metadataKeys.configHash]);
  add('data hash', metadata[metadataKeys.dataHash]);
  add('started by', metadata[metadataKeys.trigger]);
  add('model artifact', container?.ModelDataUrl);
  return links;
}
