import { Aws } from 'aws-cdk-lib';

/** ARN of a resource of this account and region: `arn('sagemaker', 'endpoint/credit-risk-endpoint')`. */
export function arn(service: string, resource: string): string {
  return arnIn({ region: Aws.REGION, account: Aws.ACCOUNT_ID }, service, resource);
}

/** ARN of a resource of another account or region of the same partition. */
export function arnIn(
  { region, account }: { readonly region: string; readonly account: string },
  service: string,
  resource: string,
): string {
  return `arn:${Aws.PARTITION}:${service}:${region}:${account}:${resource}`;
}

/** ARN of a bucket, or of objects in it: `bucketArn('data/raw/*')`. */
export function bucketArn(path: string): string {
  return `arn:${Aws.PARTITION}:s3:::${path}`;
}

/** ARN of a role by its name, of this account unless another is given. */
export function roleArn(name: string, account: string = Aws.ACCOUNT_ID): string {
  return `arn:${Aws.PARTITION}:iam::${account}:role/${name}`;
}
