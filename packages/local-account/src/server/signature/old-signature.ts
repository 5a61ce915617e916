import { createHmac } from 'node:crypto';
import type { Exchange } from '../exchange';
import { s3Bucket } from '../virtual-hosts';
import type { Claim } from './claim';

/** Query keys that are part of what Signature Version 2 signs. */
const signedQuery = new Set([
  'acl',
  'cors',
  'delete',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'partNumber',
  'policy',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/**
 * The signature of a presigned URL of Signature Version 2
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html). The SDK's signer does not know it; boto3 makes
 * such URLs for us-east-1 unless configured otherwise, and S3 accepts them.
 */
export function oldSignature(exchange: Exchange, { expires = 0, sessionToken }: Claim, secret: string): string {
  const { method, headers, query, path } = exchange;
  const amz = new Map(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-')));
  if (sessionToken !== undefined) amz.set('x-amz-security-token', sessionToken);
  const amzLines = [...amz].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}:${value}\n`);
  const signed = [...query]
    .filter(([name]) => signedQuery.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
  const bucket = s3Bucket(headers.host);
  const resource = `${bucket === undefined ? '' : `/${bucket}`}${path}${signed === '' ? '' : `?${signed}`}`;
  const text = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    String(expires),
    `${amzLines.join('')}${resource}`,
  ].join('\n');
  return createHmac('sha1', secret).update(text).digest('base64');
}
