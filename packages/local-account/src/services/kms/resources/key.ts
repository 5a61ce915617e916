import { optionalFlag, optionalNumber, optionalText, text } from '../../../core/input';
import type { Provisioned, ResourceContext, ResourceProvider } from '../../../core/provider';
import type { Body } from '../../../core/service';
import { type Key, keyId, type KmsService } from '../api/service';
import { documentOf, tagsOf } from '../../shared/properties';
import { partition } from '../../../core/partition';

/** AWS::KMS::Key. */
export function kmsKeyProvider(kms: KmsService): ResourceProvider {
  const provisioned = (key: Key): Provisioned => ({ physicalId: key.id, attributes: { Arn: key.arn, KeyId: key.id } });
  const described = (
    properties: Body,
    context: ResourceContext,
  ): Pick<Key, 'description' | 'policy' | 'rotation' | 'enabled' | 'tags'> => ({
    description: optionalText(properties, 'Description') ?? '',
    policy: properties.KeyPolicy === undefined ? delegating(context.accountId) : documentOf(properties, 'KeyPolicy'),
    rotation: optionalFlag(properties, 'EnableKeyRotation') ?? false,
    enabled: optionalFlag(properties, 'Enabled') ?? true,
    tags: tagsOf(properties, context),
  });
  return {
    type: 'AWS::KMS::Key',
    properties: [
      'Description',
      'Enabled',
      'EnableKeyRotation',
      'KeyPolicy',
      'KeySpec',
      'KeyUsage',
      'PendingWindowInDays',
      'Tags',
    ],
    accepted: {
      BypassPolicyLockoutSafetyCheck: 'the administrator is never locked out',
      MultiRegion: 'there is one region',
      Origin: 'there is no key material',
      RotationPeriodInDays: 'there is no key material',
    },
    replacedBy: ['KeySpec', 'KeyUsage'],
    attributes: ['Arn', 'KeyId'],
    physicalIdOf: (_properties, context) => keyId(context.generateName()),
    create: (properties, context) =>
      provisioned(
        kms.put(context.generateName(), {
          ...described(properties, context),
          keySpec: optionalText(properties, 'KeySpec') ?? 'SYMMETRIC_DEFAULT',
          keyUsage: optionalText(properties, 'KeyUsage') ?? 'ENCRYPT_DECRYPT',
        }),
      ),
    update: (id, properties, _previous, context) => provisioned(kms.update(id, described(properties, context))),
    delete: (id, properties) => kms.scheduleDeletion(id, optionalNumber(properties, 'PendingWindowInDays') ?? 30),
  };
}

/** AWS::KMS::Alias. */
export function kmsAliasProvider(kms: KmsService): ResourceProvider {
  const put = (properties: Body): Provisioned => {
    kms.putAlias(text(properties, 'AliasName'), text(properties, 'TargetKeyId'));
    return { physicalId: text(properties, 'AliasName'), attributes: {} };
  };
  return {
    type: 'AWS::KMS::Alias',
    properties: ['AliasName', 'TargetKeyId'],
    replacedBy: ['AliasName'],
    attributes: [],
    physicalIdOf: (properties) => text(properties, 'AliasName'),
    create: put,
    update: (_id, properties) => put(properties),
    delete: (name) => kms.deleteAlias(name),
  };
}

const delegating = (accountId: string): Body => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:${partition}:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
  ],
});
