import { createHash } from 'node:crypto';
import { AwsError } from '../../../core/errors';
import { optionalText, text } from '../../../core/input';
import type { AwsService, Body, Operation, Permission } from '../../../core/service';
import type { Collection, Store } from '../../../core/store';

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  readonly policy: Body;
  readonly rotation: boolean;
  readonly enabled: boolean;
  readonly keySpec: string;
  readonly keyUsage: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO-8601. */
  readonly created: string;
  /** ISO-8601; set when the key waits for deletion. */
  readonly deletion?: string;
}

/**
 * KMS keys as things that exist and have policies. Nothing on the disk is encrypted with them: cryptographic operations
 * are refused by name, like everything else that is not here.
 */
export class KmsService implements AwsService {
  readonly signingName = 'kms';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly keys: Collection<Key>;
  private readonly aliases: Collection<string>;

  constructor(
    store: Store,
    private readonly arn: (resource: string) => string,
    private readonly now: () => Date,
  ) {
    this.keys = store.collection('kms.keys');
    this.aliases = store.collection('kms.aliases');
    this.operations = {
      ListKeys: () => ({
        Keys: this.keys.values().map(({ id, arn: KeyArn }) => ({ KeyId: id, KeyArn })),
        Truncated: false,
      }),
      DescribeKey: (input) => ({ KeyMetadata: this.described(this.key(text(input, 'KeyId'))) }),
      GetKeyPolicy: (input) => ({
        Policy: JSON.stringify(this.key(text(input, 'KeyId')).policy),
        PolicyName: 'default',
      }),
      GetKeyRotationStatus: (input) => ({ KeyRotationEnabled: this.key(text(input, 'KeyId')).rotation }),
      ListResourceTags: (input) => ({
        Tags: Object.entries(this.key(text(input, 'KeyId')).tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        Truncated: false,
      }),
      ListAliases: (input) => this.listAliases(optionalText(input, 'KeyId')),
    };
  }

  permissions(operation: string, input: Body): readonly Permission[] {
    const id = optionalText(input, 'KeyId');
    const key = id === undefined ? undefined : this.find(id);
    if (key === undefined) return [{ action: `kms:${operation}`, resource: '*' }];
    return [{ action: `kms:${operation}`, resource: key.arn, resourcePolicy: key.policy }];
  }

  /** By id, arn, alias or alias arn. */
  find(name: string): Key | undefined {
    const plain = name.replace(/^arn:aws[a-z-]*:kms:[^:]*:[^:]*:/, '');
    if (plain.startsWith('alias/')) return this.keys.get(this.aliases.get(plain) ?? '');
    return this.keys.get(plain.replace(/^key\//, ''));
  }

  key(name: string): Key {
    const found = this.find(name);
    if (found === undefined) throw new AwsError('NotFoundException', `Key '${name}' does not exist`);
    return found;
  }

  /** @param seed what makes the id: the same seed always gives the same key. */
  put(
    seed: string,
    given: Pick<Key, 'description' | 'policy' | 'rotation' | 'enabled' | 'keySpec' | 'keyUsage' | 'tags'>,
  ): Key {
    const id = keyId(seed);
    const key: Key = {
      ...given,
      id,
      arn: this.arn(`key/${id}`),
      created: this.keys.get(id)?.created ?? this.now().toISOString(),
    };
    this.keys.put(id, key);
    return key;
  }

  update(id: string, given: Pick<Key, 'description' | 'policy' | 'rotation' | 'enabled' | 'tags'>): Key {
    const key = { ...this.key(id), ...given };
    this.keys.put(key.id, key);
    return key;
  }

  /** Keys wait for deletion; what they protected stays readable here, so nothing is lost. */
  scheduleDeletion(id: string, days: number): void {
    const key = this.key(id);
    this.keys.put(key.id, {
      ...key,
      enabled: false,
      deletion: new Date(this.now().getTime() + days * 86_400_000).toISOString(),
    });
  }

  putAlias(name: string, target: string): void {
    if (!/^alias\/[A-Za-z0-9/_-]{1,250}$/.test(name) || name.startsWith('alias/aws/'))
      throw new AwsError(
        'InvalidAliasNameException',
        `'${name}' is no alias; it must start with alias/, not with alias/aws/`,
      );
    this.aliases.put(name, this.key(target).id);
  }

  deleteAlias(name: string): void {
    if (!this.aliases.delete(name)) throw new AwsError('NotFoundException', `Alias ${name} is not found.`);
  }

  hasAlias(name: string): boolean {
    return this.aliases.get(name) !== undefined;
  }

  private listAliases(keyId: string | undefined): Body {
    const wanted = keyId === undefined ? undefined : this.key(keyId).id;
    const found = this.aliases.entries().filter(([, target]) => wanted === undefined || target === wanted);
    return {
      Aliases: found.map(([AliasName, TargetKeyId]) => ({ AliasName, AliasArn: this.arn(AliasName), TargetKeyId })),
      Truncated: false,
    };
  }

  private described(key: Key): Body {
    return {
      AWSAccountId: key.arn.split(':')[4],
      KeyId: key.id,
      Arn: key.arn,
      CreationDate: new Date(key.created),
      Enabled: key.enabled,
      Description: key.description,
      KeyUsage: key.keyUsage,
      KeyState: key.deletion !== undefined ? 'PendingDeletion' : key.enabled ? 'Enabled' : 'Disabled',
      DeletionDate: key.deletion === undefined ? undefined : new Date(key.deletion),
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      KeySpec: key.keySpec,
      CustomerMasterKeySpec: key.keySpec,
      EncryptionAlgorithms: key.keyUsage === 'ENCRYPT_DECRYPT' ? ['SYMMETRIC_DEFAULT'] : undefined,
      MultiRegion: false,
    };
  }
}

/** A UUID made from a seed. */
export function keyId(seed: string): string {
  const hex = createHash('sha256').update(`kms ${seed}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
