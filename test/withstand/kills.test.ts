import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Account } from '@mooring/local-account';
import { Acknowledged } from '../support/acknowledged';
import { root, Workplace } from '../support/mooring';
import { seeded } from '@mooring/local-account/test/support/seeded';
import { isLong, Tally, tries } from '../support/withstand';

const module_ = (path: string): string => JSON.stringify(join(root, path));

/** An account in a process of its own that writes without end, and prints what it was acknowledged. */
const writer = (folder: string): string => `
const { Account } = require(${module_('packages/local-account/src/account.ts')});
const { Acknowledged } = require(${module_('test/support/acknowledged.ts')});
(async () => {
  const account = new Account({ folder: ${JSON.stringify(folder)} });
  await account.start();
  const written = new Acknowledged(account, (kind, size) => require('node:fs').writeSync(1, kind + ' ' + size + '\\n'));
  await written.prepare();
  require('node:fs').writeSync(1, 'ready\\n');
  for (let each = 0; ; each += 1) await written.write(each, (each * 7919) % 3000);
})();
`;

async function killedWhileWriting(random: () => number): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-kill-'));
  const child = spawn(process.execPath, ['--require', './bin/typescript.cjs', '-e', writer(folder)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const closed = new Promise((done) => child.once('close', done));
  for (let waited = 0; !printed.startsWith('ready\n'); waited += 20) {
    if (waited > 60_000 || child.exitCode !== null) return `it did not start: ${printed}`;
    await pause(20);
  }
  await pause(random() * 400);
  child.kill('SIGKILL');
  await closed;
  const lines = printed.split('\n').slice(1, -1);
  const writes = lines.map((line) => line.split(' ').map(Number) as [number, number]);
  const account = new Account({ folder });
  try {
    await account.start();
    const complaints = await Acknowledged.of(account, writes).complaints(account);
    return complaints.length === 0 ? undefined : `${writes.length} writes: ${complaints.join('\n    ')}`;
  } finally {
    await account.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

test('an account that is killed while it writes has everything that it acknowledged', async () => {
  const tally = new Tally('kills while writing');
  const random = seeded(9);
  for (let round = 0; round < tries(40, 2); round += 1)
    await tally.attempt(`kill ${round}`, () => killedWhileWriting(random));
  tally.print();
  expect(tally.failures).toEqual([]);
}, 600_000);

/** Commands in the order of a day's work, and how long each takes at most. */
const commands: readonly (readonly [seconds: number, ...args: string[]])[] = [
  [20, 'deploy', 'credit-risk'],
  [20, 'run', 'credit-risk'],
  [3, 'status'],
  [5, 'traffic', 'credit-risk', '--rows', '50'],
  [5, 'clock', '2h'],
  [3, 'decisions'],
  [3, 'lineage', 'credit-risk'],
];

(isLong ? test : test.skip)(
  'a command that is killed leaves a state in which the next one works, or says why it does not',
  async () => {
    const tally = new Tally('kills of commands');
    const random = seeded(10);
    const place = new Workplace();
    try {
      for (let round = 0; round < 20; round += 1) {
        const [seconds, ...args] = commands[round % commands.length] ?? [1];
        await tally.attempt(`mooring ${args.join(' ')}`, async () => {
          const child = spawn(process.execPath, [join(root, 'bin/mooring.js'), '--state', place.state, ...args], {
            cwd: root,
            stdio: 'ignore',
          });
          const closed = new Promise((done) => child.once('close', done));
          await Promise.race([pause(500 + random() * seconds * 1_000), closed]);
          child.kill('SIGKILL');
          await closed;
          const next = await place.mooring('status');
          if (next.err.includes('defect') || /^\s+at /m.test(next.err)) return `then: ${next.err}`;
          return next.code === 0 || next.err !== '' ? undefined : `status ended with ${next.code} and said nothing`;
        });
      }
      await tally.attempt('a run after all of them', async () => {
        const ended = await place.mooring('run', 'credit-risk');
        return ended.code === 0 ? undefined : `it ended with ${ended.code}: ${ended.err.slice(-1_500)}`;
      });
    } finally {
      await place.remove();
    }
    tally.print();
    expect(tally.failures).toEqual([]);
  },
  1_200_000,
);
