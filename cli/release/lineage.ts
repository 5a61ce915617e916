import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { UserError } from '@mooring/use-case/errors';
import { metadataKeys, prefixes, resourceNames } from '../../contracts/names';
import { readFoundation } from '../shared/foundation';
import { readObject } from '../shared/objects';
import { describePackage, listPackages } from '../shared/registry';
import type { Session } from '../shared/session';
import { keysBelow, lastServed, type Served, servedAt } from './served';

/** One link of the chain, from an answer back to what it was made of. */
export interface Link {
  readonly what: string;
  readonly value: string;
}

interface Captured {
  readonly eventMetadata: { readonly eventId: string; readonly inferenceId?: string; readonly inferenceTime: string };
}

/** The captured request with an inference id; the newest files are searched first. */
async function findCaptured(
  session: Session,
  bucket: string,
  useCase: string,
  id: string,
): Promise<Captured['eventMetadata'] & { readonly variant: string }> {
  const prefix = `${prefixes.capture(useCase)}/${resourceNames.endpoint(useCase)}/`;
  const keys = [...(await keysBelow(session, bucket, prefix))].sort().reverse();
  for (const key of keys) {
    const text = (await readObject(session.clients, bucket, key)) ?? '';
    for (const line of text.split('\n')) {
      if (!line.includes(id)) continue;
      const { eventMetadata } = JSON.parse(line) as Captured;
      if (eventMetadata.inferenceId === id || eventMetadata.eventId === id)
        return { ...eventMetadata, variant: key.slice(prefix.length).split('/')[0] ?? '' };
    }
  }
  throw new UserError(
    `no captured request of ${resourceNames.endpoint(useCase)} has the inference id '${id}' (${keys.length} files searched); was capture on when it was answered?`,
  );
}

/** What to start from: an inference id, a package version or ARN, or what serves now. */
export interface LineageOptions {
  readonly inferenceId?: string;
  readonly package?: string;
}

/** Who let a version in: what the release noted, else who asked for the deployment, else who changed the version last, else nobody. */
export function approverOf(
  {
    ModelApprovalStatus: status,
    CustomerMetadataProperties: metadata = {},
    LastModifiedBy: by,
  }: Pick<DescribeModelPackageOutput, 'ModelApprovalStatus' | 'CustomerMetadataProperties' | 'LastModifiedBy'>,
  served?: Pick<Served, 'approvedBy'>,
): string {
  if (status !== 'Approved') return `nobody: ${status ?? 'no status'}`;
  const identity = by?.IamIdentity?.Arn ?? by?.UserProfileName;
  const noted = metadata[metadataKeys.approvedBy] ?? served?.approvedBy;
  // Once a version is deployed, it was the deploy function that changed it last.
  if (served !== undefined) return noted ?? 'not recorded';
  return noted ?? identity ?? 'nobody: the use case approves what passes its gates';
}

/** The chain of evidence of a prediction or a model version. @throws UserError when a link is missing. */
export async function lineageOf(session: Session, useCase: string, options: LineageOptions): Promise<readonly Link[]> {
  const { dataBucket, artifactBucket } = await readFoundation(session.clients);
  const links: Link[] = [];
  const add = (what: string, value: string | undefined): void =>
    void links.push({ what, value: value ?? 'not recorded' });
  let arn = options.package;
  let served: Served | undefined;
  if (options.inferenceId !== undefined) {
    const { inferenceTime: time, variant } = await findCaptured(session, dataBucket, useCase, options.inferenceId);
    add('prediction', `${options.inferenceId} at ${time}`);
    served = await servedAt(session, artifactBucket, useCase, { time, variant });
    arn = served.packageArn;
  } else if (arn !== undefined && /^\d+$/.test(arn)) {
    arn = (await listPackages(session.clients, useCase)).find(
      ({ version }) => String(version) === options.package,
    )?.arn;
    if (arn === undefined) throw new UserError(`${useCase} has no model version ${options.package ?? ''}`);
  }
  served ??= await lastServed(session, artifactBucket, useCase, arn);
  arn ??= served?.packageArn;
  if (arn === undefined)
    throw new UserError(
      `nothing of ${useCase} has served in production yet; name a version with --package, or approve one: npx mooring approve ${useCase}`,
    );
  const described = await describePackage(session.clients, arn);
  const metadata = described.CustomerMetadataProperties ?? {};
  const container = described.InferenceSpecification?.Containers?.[0];
  add('model package', arn);
  if (served?.orElse !== undefined)
    add('or model package', `${served.orElse}, whose deployment was under way; the answer's model version tells`);
  add(
    'approval',
    `${described.ModelApprovalStatus ?? ''}${described.ApprovalDescription === undefined ? '' : `: ${described.ApprovalDescription}`}`,
  );
  add('approver', approverOf(described, served));
  if (served?.restores !== undefined) {
    const { by, reason, from } = served.restores;
    add('brought back', `by ${by}, from version ${from}${reason === undefined ? '' : `: ${reason}`}`);
  }
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
