import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Grants that name their actions. The CDK's own `grantRead` allows `s3:GetObject*`, `s3:GetBucket*` and `s3:List*`, which
 * is more than any of our roles needs.
 */

/** Adds a statement with a name. */
export function allow(
  role: iam.Role,
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, Record<string, unknown>>,
): void {
  role.addToPolicy(new iam.PolicyStatement({ sid, actions: [...actions], resources: [...resources], conditions }));
}

/** Reading objects below prefixes (without trailing slash), and listing them. */
export function allowRead(role: iam.Role, sid: string, bucket: IBucket, prefixes: readonly string[]): void {
  allow(
    role,
    `${sid}Get`,
    ['s3:GetObject'],
    prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
  );
  allow(role, `${sid}List`, ['s3:ListBucket'], [bucket.bucketArn], {
    StringLike: { 's3:prefix': prefixes.flatMap((prefix) => [prefix, `${prefix}/*`]) },
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
  allow(role, `${sid}List`, ['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': [...keys] } });
}

/** Writing objects below prefixes (without trailing slash). Multipart uploads that fail are cleaned up. */
export function allowWrite(role: iam.Role, sid: string, bucket: IBucket, prefixes: readonly string[]): void {
  allow(
    role,
    `${sid}Put`,
    ['s3:PutObject', 's3:AbortMultipartUpload'],
    prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
  );
}

/** Reading and writing what the key encrypts. */
export function allowKey(role: iam.Role, key: IKey): void {
  allow(role, 'Key', ['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
}

/** Handing a role over to SageMaker, and to nothing else. */
export function allowPassToSageMaker(role: iam.Role, passed: iam.IRole): void {
  allow(role, 'PassRole', ['iam:PassRole'], [passed.roleArn], {
    StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
  });
}
