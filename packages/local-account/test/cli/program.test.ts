import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../../src/account';
import { main } from '../../src/cli/program';
import { dropFolders, freshFolder, startAccount } from '../support/account';

async function run(state: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await main(['node', 'mooring-account', '--state', state, ...args], {
    env: {},
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
  });
  return { code, ...said };
}

describe('mooring-account beside a running account', () => {
  const state = join(freshFolder(), 'state');
  let account: Account;
  beforeAll(async () => (account = await startAccount({ folder: state })));
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });

  test('env prints where it listens and its keys', async () => {
    const { out } = await run(state, 'env');
    expect(out).toContain(`export AWS_ENDPOINT_URL='${account.endpointUrl()}'`);
    expect(out).toContain(`export AWS_ACCESS_KEY_ID='${account.keys.accessKeyId}'`);
    expect(JSON.parse((await run(state, 'env', '--json')).out)).toMatchObject({ AWS_REGION: 'us-east-1' });
  });

  test('status names its address and process', async () => {
    expect((await run(state, 'status')).out).toContain(`${account.endpointUrl()}  process ${process.pid}`);
  });

  test('clock advance passes virtual time', async () => {
    const before = account.clock.now().getTime();
    expect(await run(state, 'clock', 'advance', '2h')).toMatchObject({ code: 0, err: '' });
    expect(account.clock.now().getTime() - before).toBeGreaterThanOrEqual(7_200_000);
  });

  test('a duration that is none is refused in one line', async () => {
    const { code, err } = await run(state, 'clock', 'advance', 'soon');
    expect([code, err]).toEqual([1, "'soon' is not a duration; write a number and a unit: 90s, 15m, 1h, 2d\n"]);
  });

  test('reset refuses to delete what is in use', async () => {
    expect(await run(state, 'reset')).toMatchObject({ code: 1, err: expect.stringContaining('stop it first') });
    expect(existsSync(state)).toBe(true);
  });
});

describe('mooring-account without one', () => {
  afterAll(dropFolders);

  test('env names the command that starts one', async () => {
    const { code, err } = await run(freshFolder(), 'env');
    expect([code, err]).toEqual([1, expect.stringContaining('npx mooring-account up')]);
  });

  test('reset deletes state and nothing else', async () => {
    const state = join(freshFolder(), 'state');
    await (await startAccount({ folder: state })).stop();
    expect(await run(state, 'reset')).toMatchObject({ code: 0, out: `deleted ${state}\n` });
    expect(existsSync(state)).toBe(false);
    expect(await run(freshFolder(), 'reset')).toMatchObject({ code: 1 });
  });
});
