import { Aws } from 'aws-cdk-lib';

/** ARN of a resource of this account and region: `arn('sagemaker', 'endpoint/credit-risk-endpoint')`. */
export function arn(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}
