import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcards } from './acknowledge';

/**
 * Grants that name their actions. The CDK's own `grantRead` allows `s3:GetObject*`, `s3:GetBucket*` and `s3:List*`, which
 * is more than any of our roles needs.
 */

export interface GrantOptions {
  readonly conditions?: Record<string, Record<string, unknown>>;
  /** Why a resource must hold a wildcard; mandatory when one does. It becomes the acknowledgement of cdk-nag's finding. */
  readonly because?: string;
}

/**
 * Adds a statement with a name.
 *
 * @throws Error when an action holds a wildcard, or a resource does without a reason.
 */
export function allow(
  role: iam.Role,
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  { conditions, because }: GrantOptions = {},
): void {
  const wild = actions.find((action) => action.includes('*'));
  if (wild !== undefined) throw new Error(`${role.node.path}: ${sid} allows ${wild}; name the actions`);
  if (resources.some((resource) => resource.includes('*'))) {
    if (because === undefined)
      throw new Error(`${role.node.path}: ${sid} needs a reason for the wildcard in its resources`);
    acknowledgeWildcards(role, resources, `${sid}: ${because}`);
  }
  role.addToPolicy(new iam.PolicyStatement({ sid, actions: [...actions], resources: [...resources], conditions }));
}

const ownPrefixes = "objects get their names at run time; the prefixes are the use case's own";

/** Reading objects below prefixes (without trailing slash), and listing them. */
export function allowRead(role: iam.Role, sid: string, bucket: IBucket, prefixes: readonly string[]): void {
  allow(
    role,
    `${sid}Get`,
    ['s3:GetObject'],
    prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
    { because: ownPrefixes },
  );
  allow(role, `${sid}List`, ['s3:ListBucket'], [bucket.bucketArn], {
    conditions: { StringLike: { 's3:prefix': prefixes.flatMap((prefix) => [prefix, `${prefix}/*`]) } },
  });
}

/** Reading single objects, as jobs do that mount an object: they list it first. */
export function allowReadObjects(role: iam.Role, sid: string, bucket: IBucket, keys: readonly string[]): void {
  allow(
    role,
    `${sid}Get`,
    ['s3:GetObject'],
    keys.map((key) => bucket.arnForObjects(key)),
  );
  allow(role, `${sid}List`, ['s3:ListBucket'], [bucket.bucketArn], {
    conditions: { StringLike: { 's3:prefix': [...keys] } },
  });
}

/** Writing objects below prefixes (without trailing slash). Multipart uploads that fail are cleaned up. */
export function allowWrite(role: iam.Role, sid: string, bucket: IBucket, prefixes: readonly string[]): void {
  allow(
    role,
    `${sid}Put`,
    ['s3:PutObject', 's3:AbortMultipartUpload'],
    prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
    { because: ownPrefixes },
  );
}

/** Reading and writing what the key encrypts. */
export function allowKey(role: iam.Role, key: IKey): void {
  allow(role, 'Key', ['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
}

/** Reading what the key encrypts. */
export function allowDecrypt(role: iam.Role, key: IKey): void {
  allow(role, 'Key', ['kms:Decrypt'], [key.keyArn]);
}

/** Letting SageMaker attach volumes that the key encrypts: it asks for a grant in the name of the role, and nobody else may. */
export function allowVolumes(role: iam.Role, key: IKey): void {
  allow(role, 'VolumeKey', ['kms:DescribeKey'], [key.keyArn]);
  allow(role, 'Volumes', ['kms:CreateGrant'], [key.keyArn], {
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
}

/** Handing a role over to SageMaker, and to nothing else. */
export function allowPassToSageMaker(role: iam.Role, passed: iam.IRole): void {
  allow(role, 'PassRole', ['iam:PassRole'], [passed.roleArn], {
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
}
