import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { UserError } from '@mooring/use-case/errors';
import { releaseNames } from '../../../contracts/release';
import { type Environment, required, type Stage } from './stage';

/** One raw object that a release was trained on. */
export interface DataObject {
  readonly key: string;
  readonly version_id?: string;
  readonly etag: string;
}

/** Digests of what a version was made of. */
export interface Digests {
  readonly image: string;
  /** Hash of the use case's settings. */
  readonly config: string;
  readonly data: string;
}

/** What a release was made of; a later run of the same tag is made of the same. */
export interface TrainRecord {
  readonly tag: string;
  readonly commit: string;
  readonly use_case: string;
  readonly version: string;
  readonly pipeline_execution_id: string;
  readonly execution_arn: string;
  readonly package_arn: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly data: readonly DataObject[];
  readonly digests: Digests;
}

/** The release that a step works for. */
export interface Release {
  readonly tag: string;
  readonly kind: string;
  readonly useCase: string;
  readonly version: string;
  readonly executionId: string;
}

export function releaseOf(env: Environment): Release {
  return {
    tag: required(env, 'RELEASE_TAG'),
    kind: required(env, 'RELEASE_KIND'),
    useCase: required(env, 'RELEASE_USE_CASE'),
    version: required(env, 'RELEASE_VERSION'),
    executionId: required(env, 'PIPELINE_EXECUTION_ID'),
  };
}

const folderOf = ({ useCase, tag }: Release): string => releaseNames.records(useCase, tag);

/** Text of an object, or undefined when there is none. */
export async function readText({ s3 }: Stage, bucket: string, key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** Writes a file of this run's record. @returns its key. */
export async function writeRecord(
  stage: Stage,
  release: Release,
  name: string,
  content: string,
  type = 'application/json',
): Promise<string> {
  const key = `${folderOf(release)}/${release.executionId}/${name}`;
  await stage.s3.send(
    new PutObjectCommand({ Bucket: stage.artifactBucket, Key: key, Body: content, ContentType: type }),
  );
  return key;
}

/** What the train step of this run noted. @throws UserError when it did not run. */
export async function readTrained(staging: Stage, release: Release): Promise<TrainRecord> {
  const text = await readText(
    staging,
    staging.artifactBucket,
    `${folderOf(release)}/${release.executionId}/train.json`,
  );
  if (text === undefined)
    throw new UserError(
      `${release.tag}: this execution has no trained model on record; its train step did not succeed`,
    );
  return JSON.parse(text) as TrainRecord;
}

/** What the first successful run of this tag was made of, or undefined when this is the first. */
export async function readFirst(staging: Stage, release: Release): Promise<TrainRecord | undefined> {
  const text = await readText(staging, staging.artifactBucket, `${folderOf(release)}/first.json`);
  return text === undefined ? undefined : (JSON.parse(text) as TrainRecord);
}

/** Keeps the record of a tag's first successful run; later ones leave it as it is. */
export async function writeFirst(staging: Stage, release: Release, record: TrainRecord): Promise<void> {
  try {
    await staging.s3.send(
      new PutObjectCommand({
        Bucket: staging.artifactBucket,
        Key: `${folderOf(release)}/first.json`,
        Body: `${JSON.stringify(record, undefined, 2)}\n`,
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
  }
}
