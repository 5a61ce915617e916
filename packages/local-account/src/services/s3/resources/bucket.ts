import { Unsupported } from '../../../core/errors';
import { bodies, body, isBody, optionalText } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { xmlElement } from '../../../server/xml';
import type { FileObjectStore } from '../runtime/file-object-store';
import type { Bucket } from '../runtime/records';
import { tagsOf } from '../../shared/properties';
import { partition } from '../../../core/partition';

/** AWS::S3::Bucket. */
export function s3BucketProvider(store: FileObjectStore): ResourceProvider {
  const provisioned = (name: string, context: ResourceContext): Provisioned => ({
    physicalId: name,
    attributes: {
      Arn: `arn:${partition}:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${context.region}.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${context.region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${context.region}.amazonaws.com`,
    },
  });
  const nameOf = (properties: Body, context: ResourceContext): string =>
    optionalText(properties, 'BucketName') ?? context.generateName(63, true);
  return {
    type: 'AWS::S3::Bucket',
    properties: [
      'BucketName',
      'BucketEncryption',
      'NotificationConfiguration',
      'PublicAccessBlockConfiguration',
      'Tags',
      'VersioningConfiguration',
    ],
    accepted: {
      AccessControl: 'every caller on this machine is the owner',
      CorsConfiguration: 'no browser reads the buckets',
      IntelligentTieringConfigurations: 'storage classes make no difference on a disk',
      InventoryConfigurations: 'inventories are not written',
      LifecycleConfiguration: 'objects do not expire on a laptop; `mooring reset` frees the disk',
      LoggingConfiguration: 'access is in the trace, not in access logs',
      MetricsConfigurations: 'request metrics are not published',
      ObjectOwnership: 'there is one owner',
      OwnershipControls: 'there is one owner',
    },
    replacedBy: ['BucketName'],
    attributes: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
    physicalIdOf: nameOf,
    create: (properties, context) => {
      const settings = bucketSettings(properties, context);
      const name = nameOf(properties, context);
      store.buckets.create(name, settings);
      return provisioned(name, context);
    },
    update: (name, properties, _previous, context) => {
      const { settings, ...changes } = bucketSettings(properties, context);
      store.buckets.update(name, {
        versioning: undefined,
        kmsKeyArn: undefined,
        ...changes,
        settings: { ...store.buckets.get(name).settings, ...settings },
      });
      return provisioned(name, context);
    },
    delete: (name) => store.deleteBucket(name),
  };
}

function bucketSettings(properties: Body, context: ResourceContext): Partial<Bucket> & Pick<Bucket, 'settings'> {
  const notifications = body(properties, 'NotificationConfiguration');
  const others = Object.keys(notifications).filter((name) => name !== 'EventBridgeConfiguration');
  if (others.length > 0)
    throw new Unsupported(
      `NotificationConfiguration.${others.join(', ')} of AWS::S3::Bucket`,
      'use EventBridgeConfiguration',
    );
  const status = optionalText(body(properties, 'VersioningConfiguration'), 'Status');
  const eventBridge = notifications.EventBridgeConfiguration;
  const key = kmsKeyOf(properties, context);
  const access = body(properties, 'PublicAccessBlockConfiguration');
  const tags = Object.entries(tagsOf(properties, context)).map(([Key, Value]) => ({ Key, Value }));
  return {
    eventBridge: isBody(eventBridge) && String(eventBridge.EventBridgeEnabled ?? 'true') === 'true',
    ...(status === 'Enabled' || status === 'Suspended' ? { versioning: status } : {}),
    ...(key === undefined ? {} : { kmsKeyArn: key }),
    settings: {
      ...(properties.BucketEncryption === undefined
        ? {}
        : { encryption: document('ServerSideEncryptionConfiguration', { Rule: encryptionRules(properties) }) }),
      ...(Object.keys(access).length === 0
        ? {}
        : { publicAccessBlock: document('PublicAccessBlockConfiguration', access) }),
      ...(tags.length === 0 ? {} : { tagging: document('Tagging', { TagSet: { Tag: tags } }) }),
    },
  };
}

function encryptionRules(properties: Body): readonly Body[] {
  return bodies(body(properties, 'BucketEncryption'), 'ServerSideEncryptionConfiguration').map((rule) => ({
    ApplyServerSideEncryptionByDefault: rule.ServerSideEncryptionByDefault,
    BucketKeyEnabled: rule.BucketKeyEnabled ?? false,
  }));
}

/** Arn of the customer's key that encrypts the bucket. */
function kmsKeyOf(properties: Body, context: ResourceContext): string | undefined {
  const rule = bodies(body(properties, 'BucketEncryption'), 'ServerSideEncryptionConfiguration')[0];
  const key =
    rule === undefined ? undefined : optionalText(body(rule, 'ServerSideEncryptionByDefault'), 'KMSMasterKeyID');
  if (key === undefined || key.startsWith('alias/aws/') || key.startsWith('arn:'))
    return key?.startsWith('arn:') === true ? key : undefined;
  return `arn:${partition}:kms:${context.region}:${context.accountId}:key/${key}`;
}

function document(root: string, members: Body): string {
  return xmlElement(root, members, 'flattened').replace(
    `<${root}>`,
    `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`,
  );
}
