import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { Account } from '../../src/account';
import type { Module } from '../../src/core/module';
import type { ResourceProvider } from '../../src/core/provider';
import { clientsOf, dropFolders, freshFolder, startAccount } from '../support/account';

afterAll(dropFolders);

const parameter = (Name: string, Value: string, more: object = {}): object => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name, Value },
  ...more,
});

/** A resource whose creation or update never comes to an end when its property `Hang` is set. */
function hangingModule(log: string[] = []): Module {
  const forever = new Promise<never>(() => undefined);
  const provider: ResourceProvider = {
    type: 'Test::Hanging::Thing',
    properties: ['Hang', 'Value'],
    physicalIdOf: () => 'the-thing',
    create: (properties) => (properties.Hang === 'create' ? forever : { physicalId: 'the-thing', attributes: {} }),
    update: (physicalId, properties) => {
      if (properties.Hang === 'update') return forever;
      log.push(`update to ${String(properties.Value)}`);
      return { physicalId, attributes: {} };
    },
    delete: (physicalId) => void log.push(`delete ${physicalId}`),
  };
  return { name: 'hanging', services: [], providers: [provider] };
}

describe('an account that is started again', () => {
  test('has everything it had, and deploys as before', async () => {
    const folder = freshFolder();
    const first = await startAccount({ folder });
    const before = clientsOf(first);
    await before.s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
    await before.s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'k', Body: 'content' }));
    await before.cloudformation.send(
      new CreateStackCommand({
        StackName: 'Kept',
        TemplateBody: JSON.stringify({ Resources: { P: parameter('/kept', '1') } }),
      }),
    );
    await first.clock.advance(3_600_000);
    const time = first.clock.now().getTime();
    const lastTrace = first.trace.read().at(-1)?.sequence ?? 0;
    await first.stop();

    const second = await startAccount({ folder });
    const after = clientsOf(second);
    const object = await after.s3.send(new GetObjectCommand({ Bucket: 'kept', Key: 'k' }));
    expect(await object.Body?.transformToString()).toBe('content');
    expect((await after.ssm.send(new GetParameterCommand({ Name: '/kept' }))).Parameter?.Value).toBe('1');
    await after.cloudformation.send(
      new UpdateStackCommand({
        StackName: 'Kept',
        TemplateBody: JSON.stringify({ Resources: { P: parameter('/kept', '2') } }),
      }),
    );
    expect((await after.ssm.send(new GetParameterCommand({ Name: '/kept' }))).Parameter?.Value).toBe('2');
    expect(second.clock.now().getTime()).toBeGreaterThanOrEqual(time);
    expect(second.trace.read(lastTrace)[0]?.sequence).toBe(lastTrace + 1);
    await second.stop();
  });

  test('after a kill in the middle of creating a stack has rolled it back', async () => {
    const folder = freshFolder();
    const log: string[] = [];
    const killed = await startAccount({ folder, modules: [() => hangingModule()] });
    const template = {
      Resources: {
        P: parameter('/half', '1'),
        T: { Type: 'Test::Hanging::Thing', Properties: { Hang: 'create' }, DependsOn: 'P' },
      },
    };
    void clientsOf(killed)
      .cloudformation.send(new CreateStackCommand({ StackName: 'Half', TemplateBody: JSON.stringify(template) }))
      .catch(() => undefined);
    await until(() => journal(folder).includes('"logicalId":"T"'));
    const state = journal(folder);
    await killed.stop();

    const again = freshFolder();
    writeFileSync(join(again, 'journal.jsonl'), `${state}{"c":"cut sho`);
    const account = await startAccount({ folder: again, modules: [() => hangingModule(log)] });
    const clients = clientsOf(account);
    const { Stacks } = await clients.cloudformation.send(new DescribeStacksCommand({ StackName: 'Half' }));
    expect(Stacks?.[0]?.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(log).toEqual(['delete the-thing']);
    await expect(clients.ssm.send(new GetParameterCommand({ Name: '/half' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    await account.stop();
  });

  test('after a kill in the middle of an update has what was there before', async () => {
    const folder = freshFolder();
    const log: string[] = [];
    const killed = await startAccount({ folder, modules: [() => hangingModule()] });
    const resources = (value: string, Hang: string): string =>
      JSON.stringify({
        Resources: {
          P: parameter('/half', value),
          T: { Type: 'Test::Hanging::Thing', Properties: { Value: value, Hang }, DependsOn: 'P' },
        },
      });
    const { cloudformation } = clientsOf(killed);
    await cloudformation.send(new CreateStackCommand({ StackName: 'Half', TemplateBody: resources('before', '') }));
    void cloudformation
      .send(new UpdateStackCommand({ StackName: 'Half', TemplateBody: resources('after', 'update') }))
      .catch(() => undefined);
    await until(() => /"logicalId":"T".*"status":"UPDATE_IN_PROGRESS"/.test(journal(folder)));
    const state = journal(folder);
    await killed.stop();

    const again = freshFolder();
    writeFileSync(join(again, 'journal.jsonl'), state);
    const account = await startAccount({ folder: again, modules: [() => hangingModule(log)] });
    const clients = clientsOf(account);
    const { Stacks } = await clients.cloudformation.send(new DescribeStacksCommand({ StackName: 'Half' }));
    expect(Stacks?.[0]?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(log).toEqual(['update to before']);
    expect((await clients.ssm.send(new GetParameterCommand({ Name: '/half' }))).Parameter?.Value).toBe('before');
    await account.stop();
  });
});

describe('a state folder', () => {
  test('serves one account at a time', async () => {
    const folder = freshFolder();
    const account = await startAccount({ folder });
    const second = new Account({ folder, modules: [] });
    await expect(second.start()).rejects.toThrow(
      `is in use by the local account of process ${process.pid} (${account.endpointUrl()}); stop that process, or choose another state folder`,
    );
    expect(Account.running(folder)).toEqual({ pid: process.pid, url: account.endpointUrl() });
    await account.stop();
    expect(Account.running(folder)).toBeUndefined();
    await second.start();
    await second.stop();
  });

  test('is free again when its process was killed', async () => {
    const folder = freshFolder();
    const child: ChildProcess = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60000)'], {
      stdio: 'ignore',
    });
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    writeFileSync(
      join(folder, 'lock.json'),
      JSON.stringify({
        pid: child.pid,
        started: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19],
        url: 'http://127.0.0.1:1',
      }),
    );
    expect(Account.running(folder)?.pid).toBe(child.pid);
    child.kill('SIGKILL');
    await new Promise((done) => child.on('exit', done));
    expect(Account.running(folder)).toBeUndefined();
    const account = await startAccount({ folder });
    await account.stop();
  });

  test('is not held by another process that got the same id', async () => {
    const folder = freshFolder();
    writeFileSync(
      join(folder, 'lock.json'),
      JSON.stringify({ pid: process.pid, started: '1', url: 'http://127.0.0.1:1' }),
    );
    expect(Account.running(folder)).toBeUndefined();
    const account = await startAccount({ folder });
    await account.stop();
  });

  test('loses content files that no object owns', async () => {
    const folder = freshFolder();
    const first = await startAccount({ folder });
    first.parts.s3.put('cdk-hnb659fds-assets-000000000000-us-east-1', 'k', 'x');
    const owned = first.parts.s3.path('cdk-hnb659fds-assets-000000000000-us-east-1', 'k');
    const orphan = `${owned}-orphan`;
    appendFileSync(orphan, 'left by a kill');
    await first.stop();
    const second = await startAccount({ folder });
    expect([existsSync(owned), existsSync(orphan)]).toEqual([true, false]);
    await second.stop();
  });
});

describe('a port that is taken', () => {
  test('is an error that tells what to do, and the folder stays free', async () => {
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done));
    const { port } = squatter.address() as AddressInfo;
    const folder = freshFolder();
    const account = new Account({ folder, port, modules: [] });
    await expect(account.start()).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use by another process (perhaps another local account); stop that process or choose another port with --port`,
    );
    expect(Account.running(folder)).toBeUndefined();
    await new Promise((done) => squatter.close(done));
    const second = await startAccount({ folder, port });
    expect(second.endpointUrl()).toBe(`http://127.0.0.1:${port}`);
    await second.stop();
  });
});

const journal = (folder: string): string => readFileSync(join(folder, 'journal.jsonl'), 'utf8');

async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (holds()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('gave up waiting');
}
