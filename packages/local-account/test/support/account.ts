import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { Account, type AccountOptions } from '../../src/account';
import type { AwsEvent, Module, ModuleFactory } from '../../src/core/module';

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

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Clients {
  readonly s3: S3Client;
  readonly cloudformation: CloudFormationClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

export const administrator: Keys = { accessKeyId: 'AKIALOCALADMIN', secretAccessKey: 'local' };

export function clientsOf(account: Account, credentials: Keys = administrator): Clients {
  const config = { endpoint: account.endpointUrl(), region: 'us-east-1', credentials, maxAttempts: 1 };
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
