import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { Account, type AccountOptions } from '../../src/account';
import type { Keys } from '../../src/core/account-keys';
import type { AwsEvent, Module, ModuleFactory } from '../../src/core/module';
import { clientConfig } from './clients';

/** A fresh folder that {@link dropFolders} deletes. */
const folders: string[] = [];
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-core-'));
  folders.push(folder);
  return folder;
}
export function dropFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** An account without other modules, so that a test of the foundation is quick. */
export async function startAccount(options: Partial<AccountOptions> = {}): Promise<Account> {
  const account = new Account({ folder: freshFolder(), modules: [], ...options });
  await account.start();
  return account;
}

export interface Clients {
  readonly s3: S3Client;
  readonly cloudformation: CloudFormationClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

export function clientsOf(account: Account, keys?: Keys): Clients {
  const config = clientConfig(account, keys);
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    cloudformation: new CloudFormationClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
}

/** Keys of a session of a deployed role. */
export function keysOf(account: Account, roleArn: string): Keys {
  const env = account.parts.iam.credentialsFor(roleArn);
  return {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: env.AWS_SESSION_TOKEN ?? '',
  };
}

/** A module that keeps what is published on the event bus. */
export function eventRecorder(): { readonly events: AwsEvent[]; readonly factory: ModuleFactory } {
  const events: AwsEvent[] = [];
  const module: Module = {
    name: 'recorder',
    services: [],
    providers: [],
    peers: { events: { publish: (event) => `${events.push(event)}` } },
  };
  return { events, factory: () => module };
}
