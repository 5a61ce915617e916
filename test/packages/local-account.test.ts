import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Outside } from './outside';

const clients = ['cloudwatch', 'lambda', 's3', 'sagemaker'].map((name) => `@aws-sdk/client-${name}`);

describe('local-account, packed and installed beside a CDK app that knows nothing of Mooring', () => {
  const project = new Outside();
  let account: ChildProcess | undefined;
  let printed = '';
  beforeAll(async () => {
    for (const file of ['app.cjs', 'run.cjs'])
      copyFileSync(join(__dirname, 'foreign-app', file), join(project.folder, file));
    await project.install('local-account', 'aws-cdk', 'aws-cdk-lib', 'constructs', ...clients);
    account = project.start('mooring-account', ['up', '--port', '0']);
    const started = new Promise<void>((done, failed) => {
      const read = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (printed.includes('local account on http://127.0.0.1:')) done();
      };
      account?.stdout?.on('data', read);
      account?.stderr?.on('data', read);
      account?.once('exit', () => failed(new Error(`the account ended: ${printed}`)));
    });
    await started;
  }, 300_000);
  afterAll(async () => {
    if (account?.exitCode === null) {
      account.kill('SIGTERM');
      await once(account, 'exit');
    }
    project.remove();
  });

  test('the unmodified CDK deploys the app, and the AWS SDK runs it to its end', async () => {
    const variables = JSON.parse(await project.npx('mooring-account', ['env', '--json'])) as Record<string, string>;
    const env = { ...variables, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const deploy = ['deploy', '--app', 'node app.cjs', '--require-approval', 'never', '--no-notices'];
    await project.npx('cdk', [...deploy, '--outputs-file', 'outputs.json'], { ...env, CI: 'true' });
    const outputs = JSON.parse(readFileSync(join(project.folder, 'outputs.json'), 'utf8')) as Outputs;
    const result = JSON.parse(await project.run(process.execPath, ['run.cjs', outputs.Sums.Bucket], env)) as unknown;
    expect(result).toEqual({ status: 'Succeeded', sum: 5050, greeting: 'Hello, you', alarms: 1 });
  }, 180_000);

  test('status names its address, and Ctrl-C ends it', async () => {
    expect(await project.npx('mooring-account', ['status'])).toContain('http://127.0.0.1:');
    account?.kill('SIGINT');
    if (account !== undefined) expect(await once(account, 'exit')).toEqual([0, null]);
    expect(await project.npx('mooring-account', ['status'])).toContain('no account runs');
  }, 60_000);
});

interface Outputs {
  readonly Sums: { readonly Bucket: string };
}
