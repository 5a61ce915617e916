import { AwsError, Unsupported } from '../../../core/errors';
import { parseJson } from '../../../core/json';
import { bodies, isBody, optionalText } from '../../../core/input';
import type { Body } from '../../../core/service';
import { readBody } from '../../../server/exchange';
import type { FileObjectStore } from '../runtime/file-object-store';
import type { Bucket } from '../runtime/records';
import { parseXml } from './multipart';
import type { S3Reply, S3Request } from './request';

/** A sub-resource of a bucket that the account keeps and gives back, and what S3 answers before one was put. */
export interface Setting {
  /** IAM action without Get or Put. */
  readonly action: string;
  /** Operation name without Get, Put or Delete. */
  readonly operation: string;
  readonly absent: { readonly xml: string } | { readonly error: string };
}

const root = (name: string, inside = ''): { readonly xml: string } => ({
  xml: `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</${name}>`,
});
const owned =
  '<Owner><ID>local</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>local</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>';
const sse =
  '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>';

export const settings: Readonly<Record<string, Setting>> = {
  accelerate: {
    action: 'AccelerateConfiguration',
    operation: 'BucketAccelerateConfiguration',
    absent: root('AccelerateConfiguration'),
  },
  acl: { action: 'BucketAcl', operation: 'BucketAcl', absent: root('AccessControlPolicy', owned) },
  cors: { action: 'BucketCORS', operation: 'BucketCors', absent: { error: 'NoSuchCORSConfiguration' } },
  encryption: {
    action: 'EncryptionConfiguration',
    operation: 'BucketEncryption',
    absent: root('ServerSideEncryptionConfiguration', sse),
  },
  lifecycle: {
    action: 'LifecycleConfiguration',
    operation: 'BucketLifecycleConfiguration',
    absent: { error: 'NoSuchLifecycleConfiguration' },
  },
  logging: { action: 'BucketLogging', operation: 'BucketLogging', absent: root('BucketLoggingStatus') },
  'object-lock': {
    action: 'BucketObjectLockConfiguration',
    operation: 'ObjectLockConfiguration',
    absent: { error: 'ObjectLockConfigurationNotFoundError' },
  },
  ownershipControls: {
    action: 'BucketOwnershipControls',
    operation: 'BucketOwnershipControls',
    absent: root('OwnershipControls', '<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>'),
  },
  policyStatus: {
    action: 'BucketPolicyStatus',
    operation: 'BucketPolicyStatus',
    absent: root('PolicyStatus', '<IsPublic>false</IsPublic>'),
  },
  publicAccessBlock: {
    action: 'BucketPublicAccessBlock',
    operation: 'PublicAccessBlock',
    absent: { error: 'NoSuchPublicAccessBlockConfiguration' },
  },
  replication: {
    action: 'ReplicationConfiguration',
    operation: 'BucketReplication',
    absent: { error: 'ReplicationConfigurationNotFoundError' },
  },
  requestPayment: {
    action: 'BucketRequestPayment',
    operation: 'BucketRequestPayment',
    absent: root('RequestPaymentConfiguration', '<Payer>BucketOwner</Payer>'),
  },
  tagging: { action: 'BucketTagging', operation: 'BucketTagging', absent: { error: 'NoSuchTagSet' } },
  website: { action: 'BucketWebsite', operation: 'BucketWebsite', absent: { error: 'NoSuchWebsiteConfiguration' } },
};

/** Settings that would change behaviour the account does not have; putting them is refused. */
const readOnly = ['accelerate', 'object-lock', 'policyStatus', 'replication', 'requestPayment', 'website', 'logging'];

/** Settings that can be put and deleted. */
export function writableSettings(): readonly Setting[] {
  return Object.entries(settings).flatMap(([name, setting]) =>
    readOnly.includes(name) || name === 'acl' ? [] : [setting],
  );
}

export function getSetting(bucket: Bucket, name: string): S3Reply {
  if (name === 'versioning')
    return {
      text: root(
        'VersioningConfiguration',
        bucket.versioning === undefined ? '' : `<Status>${bucket.versioning}</Status>`,
      ).xml,
    };
  if (name === 'notification')
    return { text: root('NotificationConfiguration', bucket.eventBridge ? '<EventBridgeConfiguration/>' : '').xml };
  if (name === 'location') return { text: root('LocationConstraint').xml };
  if (name === 'policy') {
    if (bucket.policy === undefined) throw new AwsError('NoSuchBucketPolicy', 'the bucket policy does not exist', 404);
    return { text: JSON.stringify(bucket.policy), headers: { 'content-type': 'application/json' } };
  }
  const kept = bucket.settings[name];
  if (kept !== undefined) return { text: kept };
  const absent = settings[name]?.absent ?? { error: 'NoSuchConfiguration' };
  if ('xml' in absent) return { text: absent.xml };
  throw new AwsError(absent.error, `the bucket has no ${name} configuration`, 404);
}

export async function putSetting(store: FileObjectStore, request: S3Request, name: string): Promise<S3Reply> {
  const bucket = store.buckets.get(request.bucket);
  const body = await readBody(request.exchange, 1024 * 1024);
  if (name === 'versioning') store.buckets.update(bucket.name, { versioning: versioningOf(body) });
  else if (name === 'notification') store.buckets.update(bucket.name, { eventBridge: eventBridgeOf(body) });
  else if (name === 'policy') store.buckets.update(bucket.name, { policy: bucketPolicy(body.toString('utf8')) });
  else if (readOnly.includes(name)) throw new Unsupported(`the operation s3:Put${settings[name]?.operation ?? name}`);
  else if (name !== 'acl') {
    if (name === 'cors') checkCors(body);
    store.buckets.update(bucket.name, { settings: { ...bucket.settings, [name]: body.toString('utf8') } });
  }
  return {};
}

/** @throws AwsError MalformedPolicy in S3's words. */
function bucketPolicy(source: string): Body {
  let value: unknown;
  try {
    value = parseJson(source);
  } catch {
    value = undefined;
  }
  if (!isBody(value))
    throw new AwsError('MalformedPolicy', "Policies must be valid JSON and the first byte must be '{'");
  if (value['Statement'] === undefined) throw new AwsError('MalformedPolicy', 'Missing required field Statement');
  return value;
}

/** @throws AwsError InvalidRequest for a method that no rule may name. */
function checkCors(source: Buffer): void {
  for (const [, method = ''] of source.toString('utf8').matchAll(/<AllowedMethod>([^<]*)<\/AllowedMethod>/g))
    if (!['GET', 'PUT', 'POST', 'DELETE', 'HEAD'].includes(method))
      throw new AwsError(
        'InvalidRequest',
        `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
      );
}

export function deleteSetting(store: FileObjectStore, bucket: Bucket, name: string): S3Reply {
  if (readOnly.includes(name)) throw new Unsupported(`the operation s3:Delete${settings[name]?.operation ?? name}`);
  if (name === 'policy') {
    const { policy: _, ...rest } = bucket;
    store.buckets.update(bucket.name, { ...rest, policy: undefined });
  } else {
    store.buckets.update(bucket.name, {
      settings: Object.fromEntries(Object.entries(bucket.settings).filter(([each]) => each !== name)),
    });
  }
  return { status: 204 };
}

function versioningOf(body: Buffer): 'Enabled' | 'Suspended' {
  const status = optionalText(parseXml(body, [], 'VersioningConfiguration'), 'Status');
  if (status === undefined)
    throw new AwsError('IllegalVersioningConfigurationException', 'The Versioning element must be specified');
  if (status !== 'Enabled' && status !== 'Suspended')
    throw new AwsError('MalformedXML', "the versioning Status must be 'Enabled' or 'Suspended'");
  return status;
}

function eventBridgeOf(body: Buffer): boolean {
  const given = parseXml(
    body,
    ['QueueConfiguration', 'TopicConfiguration', 'CloudFunctionConfiguration'],
    'NotificationConfiguration',
  );
  const others = ['QueueConfiguration', 'TopicConfiguration', 'CloudFunctionConfiguration'].filter(
    (kind) => bodies(given, kind).length > 0,
  );
  if (others.length > 0)
    throw new Unsupported(`S3 notifications to ${others.join(', ')}`, 'send them through EventBridge');
  return given.EventBridgeConfiguration !== undefined;
}
