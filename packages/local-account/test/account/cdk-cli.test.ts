import { execFile } from 'node:child_process';

import { dirname, join } from 'node:path';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CfnParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Account } from '../../src/account';
import { dropFolders, freshFolder, startAccount } from '../support/account';
import { clientVariables } from '../support/clients';

const cli = join(dirname(require.resolve('aws-cdk/package.json')), 'bin/cdk');

/** Synthesizes two stacks, one of which uses the other. */
function synth(folder: string, { greeting = 'hello', broken = false, unsupported = false } = {}): string {
  const app = new App({ outdir: folder, context: { 'aws:cdk:version-reporting': false }, analyticsReporting: false });
  const base = new Stack(app, 'Base');
  const key = new Key(base, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
  const data = new Bucket(base, 'Data', {
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const user = new Stack(app, 'User');
  const role = new Role(user, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
  });
  data.grantReadWrite(role);
  new StringParameter(user, 'Greeting', { parameterName: '/greeting', stringValue: greeting });
  new CfnOutput(user, 'BucketName', { value: data.bucketName });
  if (broken) new StringParameter(user, 'Broken', { parameterName: '/greeting', stringValue: 'twice' });
  if (unsupported) new CfnParameter(user, 'Odd', { type: 'String', value: 'x' }).addPropertyOverride('Colour', 'red');
  app.synth();
  return folder;
}

interface Outcome {
  readonly code: number;
  readonly text: string;
}

describe('the unmodified CDK CLI', () => {
  let account: Account;
  beforeAll(async () => {
    process.env.CDK_VALIDATION = 'false';
    account = await startAccount();
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });

  const cdk = (...args: string[]): Promise<Outcome> =>
    new Promise((done) => {
      const env = {
        PATH: process.env.PATH,
        HOME: freshFolder(),
        CI: 'true',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        NODE_NO_WARNINGS: '1',
        ...clientVariables(account),
      };
      execFile(process.execPath, [cli, ...args, '--no-notices'], { cwd: freshFolder(), env }, (error, stdout, stderr) =>
        done({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          text: `${stdout}${stderr}`,
        }),
      );
    });
  const deploy = (assembly: string, ...more: string[]): Promise<Outcome> =>
    cdk('deploy', '--all', '--app', assembly, '--require-approval', 'never', ...more);
  const greeting = (): string | undefined =>
    account.parts.store.collection<{ value: string }>('ssm.parameters').get('/greeting')?.value;

  test('deploys without a bootstrap, finds no difference, updates, rolls back and destroys', async () => {
    const assembly = synth(freshFolder());
    const first = await deploy(assembly);
    expect([first.code, first.code === 0 ? '' : first.text]).toEqual([0, '']);
    expect(first.text).toMatch(/User\.BucketName = base-data[0-9a-f]+-[0-9a-z]{12}/);
    expect(greeting()).toBe('hello');

    const again = await deploy(assembly);
    expect(again.text).toContain('Base (no changes)');
    expect(again.text).toContain('User (no changes)');

    const diff = await cdk('diff', '--app', assembly);
    expect(diff.text).toContain('Number of stacks with differences: 0');

    const changed = synth(freshFolder(), { greeting: 'bonjour' });
    expect((await deploy(changed)).code).toBe(0);
    expect(greeting()).toBe('bonjour');

    const failed = await deploy(synth(freshFolder(), { greeting: 'never', broken: true }));
    expect(failed.code).toBe(1);
    expect(failed.text).toContain('the parameter /greeting already exists');
    expect(failed.text).toContain('UPDATE_ROLLBACK_COMP');
    expect(greeting()).toBe('bonjour');

    const refused = await deploy(synth(freshFolder(), { greeting: 'bonjour', unsupported: true }));
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('property Colour of AWS::SSM::Parameter');

    const destroyed = await cdk('destroy', '--all', '--force', '--app', assembly);
    expect([destroyed.code, destroyed.code === 0 ? '' : destroyed.text]).toEqual([0, '']);
    expect(greeting()).toBeUndefined();
    expect(
      account.parts.store
        .collection<{ name: string; status: string }>('cloudformation.stacks')
        .values()
        .filter(({ status }) => status !== 'DELETE_COMPLETE')
        .map(({ name }) => name),
    ).toEqual(['CDKToolkit']);
  }, 180_000);

  test('bootstraps over what is provisioned, and deploys with the least permissions of the bootstrap roles', async () => {
    const first = await cdk('bootstrap', 'aws://000000000000/us-east-1');
    expect([first.code, first.code === 0 ? '' : first.text]).toEqual([0, '']);
    const { code, text } = await deploy(synth(freshFolder()));
    expect([code, code === 0 ? '' : text]).toEqual([0, '']);
  }, 120_000);

  test('makes no call that the account does not know on the way', () => {
    const unsupported = account.trace.read().filter(({ type }) => type === 'api.unsupported');
    // After a failure the CLI asks CloudTrail for hints, and goes on without them.
    expect(unsupported.filter(({ data }) => !('service' in data && data.service === 'cloudtrail'))).toEqual([]);
  });
});
