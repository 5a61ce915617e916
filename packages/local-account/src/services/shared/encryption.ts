import { AwsError } from '../../core/errors';
import type { AccountParts } from '../../core/module';
import type { Permission } from '../../core/service';
import './peers';
import { requireServiceAccess, type Source } from './resource-policy';

const actions = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;
const isManaged = (keyId: string): boolean => /(^|:)alias\/aws\//.test(keyId);

/**
 * Checks that a service may use the key of an encrypted topic or queue. On AWS a missing grant loses the message without a word.
 *
 * @param keyId KmsMasterKeyId; undefined or empty when nothing is encrypted with a key
 * @throws AwsError KMSAccessDenied naming what the key's policy lacks
 */
export function requireKeyAccess(
  account: AccountParts,
  keyId: string | undefined,
  source: Source,
  holder: string,
): void {
  if (keyId === undefined || keyId === '') return;
  if (isManaged(keyId))
    throw new AwsError(
      'KMSAccessDenied',
      `${holder} is encrypted with ${keyId}, which ${source.service} cannot use; encrypt it with a key of your own that admits ${source.service}`,
    );
  const key = account.peer('keys').find(keyId);
  if (key === undefined) throw new AwsError('KMSNotFound', `the key ${keyId} of ${holder} does not exist`);
  const policy = key.policy;
  for (const action of actions)
    requireServiceAccess(
      policy,
      source,
      { action, resource: key.arn },
      account.accountId,
      `the policy of the key that encrypts ${holder} has to allow ${actions.join(' and ')} to ${source.service} (in CDK: key.grant(new ServicePrincipal('${source.service}'), ...))`,
    );
}

/** What a role needs besides the action itself to write to something encrypted. */
export function keyPermissions(
  account: AccountParts,
  keyId: string | undefined,
  service: string,
): readonly Permission[] {
  if (keyId === undefined || keyId === '' || isManaged(keyId)) return [];
  const key = account.findPeer('keys')?.find(keyId);
  if (key === undefined) return [];
  const context = {
    'kms:ViaService': `${service}.${account.region}.amazonaws.com`,
    'kms:CallerAccount': account.accountId,
  };
  return actions.map((action) => ({ action, resource: key.arn, resourcePolicy: key.policy, context }));
}

/** What a role needs so that its job or endpoint may encrypt a volume: SageMaker makes a grant for it. */
export function volumePermissions(account: AccountParts, keyId: string | undefined): readonly Permission[] {
  const key = keyId === undefined ? undefined : account.findPeer('keys')?.find(keyId);
  if (key === undefined) return [];
  const asked = { resource: key.arn, resourcePolicy: key.policy };
  return [
    { action: 'kms:DescribeKey', ...asked },
    { action: 'kms:CreateGrant', ...asked, context: { 'kms:GrantIsForAWSResource': 'true' } },
  ];
}

/** What a function's role needs to read environment variables that a key encrypts. */
export function environmentPermissions(
  account: AccountParts,
  keyArn: string | undefined,
  functionArn: string,
): readonly Permission[] {
  const key = keyArn === undefined ? undefined : account.findPeer('keys')?.find(keyArn);
  if (key === undefined) return [];
  const context = { 'kms:EncryptionContext:aws:lambda:FunctionArn': functionArn };
  return [{ action: 'kms:Decrypt', resource: key.arn, resourcePolicy: key.policy, context }];
}
