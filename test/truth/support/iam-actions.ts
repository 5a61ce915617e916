import type { SdkCall } from './handler-calls';

/** IAM's prefix where it is not the client's name. */
const prefixes: Readonly<Record<string, string>> = {
  'application-auto-scaling': 'application-autoscaling',
  'sagemaker-runtime': 'sagemaker',
};

/** Operations that IAM knows by another name, or by several. Source: the API reference's section on permissions of each. */
const others: Readonly<Record<string, readonly string[]>> = {
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:HeadObject': ['s3:GetObject'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  'sagemaker-runtime:InvokeEndpointAsync': ['sagemaker:InvokeEndpointAsync'],
};

/** What IAM asks for an operation. */
export function actionsOf({ service, operation }: SdkCall): readonly string[] {
  return others[`${service}:${operation}`] ?? [`${prefixes[service] ?? service}:${operation}`];
}
