import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account } from '../../src/account';
import { repairState } from '../../src/repair';

let folder: string;
let account: Account;
const journal = (): string => join(folder, 'journal.jsonl');
const start = async (): Promise<Account> => {
  account = new Account({ folder, modules: [] });
  await account.start();
  return account;
};
const message = async (): Promise<string> => {
  const failed = await new Account({ folder, modules: [] }).start().then(
    () => 'it started',
    (error: Error) => `${error.name}: ${error.message}`,
  );
  return failed;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-repair-'));
  const { parts } = await start();
  await parts.call('ssm', 'PutParameter', { Name: 'kept', Value: 'v', Type: 'String' }, parts.iam.administrator);
  await account.stop();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const parameter = async (): Promise<unknown> => {
  const { parts } = await start();
  try {
    return await parts.call('ssm', 'GetParameter', { Name: 'kept' }, parts.iam.administrator);
  } finally {
    await account.stop();
  }
};

describe('a journal with damage in the middle', () => {
  test.each([
    ['a line null', 'null'],
    ['records glued together', '{"c":"ssm.parameters","k":"a{"c":"ssm.parameters","k":"b","v":{}}'],
    ['a clock offset that is text', '{"c":"clock","k":"offset","v":"two days"}'],
    ['a document null', '{"c":"sqs.queues","k":"q","v":null}'],
    ['an object without versions', '{"c":"s3.objects","k":"b/k","v":{}}'],
    ['an object with an empty list of versions', '{"c":"s3.objects","k":"b/k","v":{"versions":[]}}'],
    ['a bucket that is a list', '{"c":"s3.buckets","k":"b","v":[]}'],
  ])('%s: the start names the line, the repair keeps everything else', async (_, line) => {
    const lines = readFileSync(journal(), 'utf8').trimEnd().split('\n');
    writeFileSync(journal(), `${[lines[0], line, ...lines.slice(1)].join('\n')}\n`);
    const before = readFileSync(journal(), 'utf8');
    expect(await message()).toMatch(/^AccountError: .*journal\.jsonl, line 2: .*npx mooring account repair/);
    expect(repairState(folder, false)).toEqual([{ file: journal(), line: 2, problem: expect.any(String) as string }]);
    expect(readFileSync(journal(), 'utf8')).toBe(before);

    repairState(folder, true);
    expect(JSON.parse(readFileSync(`${journal()}.damaged`, 'utf8'))).toMatchObject({ line: 2, text: line });
    expect(repairState(folder, false)).toEqual([]);
    expect(await parameter()).toMatchObject({ Parameter: { Value: 'v' } });
  });
});

test('a state of another version is refused by name', async () => {
  appendFileSync(journal(), '{"c":"state","k":"format","v":2}\n');
  expect(await message()).toMatch(/has the format 2, and this version of Mooring works with 1/);
});

test('an object without its content is taken out, and its other versions stay', async () => {
  const { parts } = await start();
  await parts.call('ssm', 'PutParameter', { Name: 'x', Value: 'v', Type: 'String' }, parts.iam.administrator);
  parts.s3.put('cdk-hnb659fds-assets-000000000000-us-east-1', 'lost', 'content');
  parts.s3.put('cdk-hnb659fds-assets-000000000000-us-east-1', 'kept', 'content');
  rmSync(parts.s3.path('cdk-hnb659fds-assets-000000000000-us-east-1', 'lost'));
  expect(() => repairState(folder, true)).toThrow('is in use by the local account');
  await account.stop();
  expect(repairState(folder, true).map(({ problem }) => problem)).toEqual([
    'the content of 1 of 1 versions of s3://cdk-hnb659fds-assets-000000000000-us-east-1/lost is missing or cut short',
  ]);
  const { s3 } = (await start()).parts;
  expect(s3.list('cdk-hnb659fds-assets-000000000000-us-east-1').map(({ key }) => key)).toEqual(['kept']);
  await account.stop();
});

test('damage in the trace is named as well, and the trace goes on after the repair', async () => {
  appendFileSync(join(folder, 'trace.jsonl'), 'something else\n');
  expect(await message()).toMatch(/trace\.jsonl, line \d+: 'something else' is no JSON/);
  repairState(folder, true);
  expect(await parameter()).toBeDefined();
  expect(existsSync(join(folder, 'trace.jsonl.damaged'))).toBe(true);
});
