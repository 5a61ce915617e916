import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, root, Workplace } from '../support/mooring';

describe('a command that cannot do what it was asked', () => {
  const place = new Workplace();
  afterAll(() => place.remove());

  test('names the use cases there are', async () => {
    const { code, err } = await place.mooring('run', 'credit-rsk');
    expect(code).toBe(1);
    expect(err).toMatch(/no use case 'credit-rsk'; there are: .*credit-risk/);
    expect(err).not.toContain('    at ');
  });

  test('says which file is missing and which is empty before anything starts', async () => {
    const empty = join(place.folder, 'empty.csv');
    writeFileSync(empty, '');
    const missing = await place.mooring('run', 'card-default', '--data', 'nowhere.csv');
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('--data nowhere.csv: no such file')]);
  });

  test('misses the data before it deploys anything for a run', async () => {
    const { code, err } = await place.mooring('run', 'card-default');
    expect(code).toBe(1);
    expect(err).toBe(
      'card-default has no data yet and no generator; give a file: npx mooring run card-default --data FILE\n',
    );
  });

  test.each([
    [['approve', 'rain'], 'rain is not deployed to the local account; `npx mooring deploy rain` does it'],
    [['report', 'rain'], 'rain is not deployed to the local account; `npx mooring deploy rain` does it'],
    [['release-status'], 'there is no release pipeline in the local account; make one'],
    [['approve-release'], 'there is no release pipeline in the local account; make one'],
  ])('says what has to be deployed first: %s', async (command, says) => {
    const { code, err } = await place.mooring(...command);
    expect([code, err]).toEqual([1, expect.stringContaining(says)]);
    expect(err).not.toContain('    at ');
  });

  test('lists all settings that cannot be set', async () => {
    const { code, err } = await place.mooring(
      'run',
      'credit-risk',
      '--set',
      'title=x',
      '--set',
      'gates.quality.bound=much',
    );
    expect(code).toBe(1);
    expect(err).toContain('--set title: only these can change');
    expect(err).toContain("'much' is not a number");
  });

  test('keeps its hands off a folder that is no state of an account', async () => {
    const folder = join(place.folder, 'precious');
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.tex'), 'x');
    const own = (...args: string[]) => execute(process.execPath, [join(root, 'bin/mooring.js'), '--state', ...args]);
    const started = await own(folder, 'status');
    expect([started.code, started.err]).toEqual([1, expect.stringContaining('holds files that are no state')]);
    const reset = await own(folder, 'reset');
    expect([reset.code, reset.err]).toEqual([1, expect.stringContaining('nothing was deleted')]);
    expect(existsSync(join(folder, 'thesis.tex'))).toBe(true);
    const below = await own(join(folder, 'thesis.tex'), 'status');
    expect([below.code, below.err]).toEqual([1, expect.stringMatching(/no state can be kept in .*: it is a file/)]);
  });

  test('says who holds the port', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const { code, err } = await place.mooring('up', '--port', String(port));
    await new Promise((done) => server.close(done));
    expect(code).toBe(1);
    expect(err).toContain(String(port));
    expect(err).not.toContain('    at ');
  });

  test('answers wrong usage with exit code 2 and the help', async () => {
    const { code, err } = await place.mooring('traffic', 'credit-risk', '--rows', 'many');
    expect(code).toBe(2);
    expect(err).toMatch(/a whole number from 1/);
  });

  test('every command explains itself', async () => {
    const { out } = await execute(process.execPath, [join(root, 'bin/mooring.js'), '--help']);
    const commands = [...out.matchAll(/^ {2}([a-z][a-z-]*) ?(?:\[|<|$| )/gm)]
      .map((match) => match[1] as string)
      .filter((name) => name !== 'help');
    expect(commands).toEqual(
      expect.arrayContaining(['up', 'env', 'deploy', 'run', 'traffic', 'clock', 'status', 'graph', 'report', 'reset']),
    );
    const ends = await Promise.all(commands.map(async (name) => [name, (await place.mooring(name, '--help')).code]));
    expect(ends.filter(([, code]) => code !== 0)).toEqual([]);
  }, 120_000);
});
