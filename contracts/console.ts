/** Domain of the AWS console, by partition. */
const domains: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * Address of a page of the AWS console.
 *
 * @param arn of a resource there: its partition and region say which console.
 * @param page after the host, e.g. `sagemaker/home#/endpoints/x`; `{region}` stands for the region.
 */
export function consoleUrl(arn: string, page: string): string {
  const [, partition = 'aws', , region = ''] = arn.split(':');
  return `https://${region}.${domains[partition] ?? domains['aws'] ?? ''}/${page.replaceAll('{region}', region)}`;
}
