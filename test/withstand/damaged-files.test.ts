import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account } from '@mooring/local-account';
import { repairState } from '@mooring/local-account';
import { Acknowledged } from '../support/acknowledged';
import { seeded } from '@mooring/local-account/test/support/seeded';
import { Tally, tries } from '../support/withstand';

type Damage = (folder: string, random: () => number) => void;
const random = seeded(8);

const inLines =
  (file: string, change: (lines: string[], at: number) => void): Damage =>
  (folder, choose) => {
    const path = join(folder, file);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    change(lines, Math.floor(choose() * (lines.length - 1)));
    writeFileSync(path, `${lines.join('\n')}\n`);
  };
const recordFiles = (folder: string): readonly string[] => [
  'journal.jsonl',
  'trace.jsonl',
  'cloudwatch/metrics.jsonl',
  ...readdirSync(join(folder, 'logs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => `logs/${name}`),
];
const content = (folder: string): string => {
  const data = join(folder, 's3', 'data');
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('/'));
  return join(data, files[Math.floor(random() * files.length)] ?? '');
};

/** What other programs, disks and people do to files. */
const damages: readonly (readonly [string, Damage])[] = [
  ...['journal.jsonl', 'trace.jsonl', 'cloudwatch/metrics.jsonl'].flatMap((file): (readonly [string, Damage])[] => [
    [`${file}: a line null`, inLines(file, (lines, at) => void lines.splice(at, 0, 'null'))],
    [`${file}: half a line`, inLines(file, (lines, at) => void (lines[at] = lines[at]?.slice(0, 30) ?? ''))],
    [
      `${file}: two records glued`,
      inLines(file, (lines, at) => void lines.splice(at, 2, `${lines[at]?.slice(0, 20)}${lines[at + 1]}`)),
    ],
    [`${file}: a block of zeros`, inLines(file, (lines, at) => void (lines[at] = '\0'.repeat(512)))],
  ]),
  [
    'the journal: the offset of the clock is text',
    inLines('journal.jsonl', (lines) => void lines.push('{"c":"clock","k":"offset","v":"7d"}')),
  ],
  [
    'the journal: an object without versions',
    inLines('journal.jsonl', (lines) => void lines.push('{"c":"s3.objects","k":"withstand/n2","v":{"key":"n2"}}')),
  ],
  [
    'the journal: another text encoding',
    (folder) => {
      const path = join(folder, 'journal.jsonl');
      writeFileSync(
        path,
        Buffer.concat([
          readFileSync(path),
          Buffer.from('{"c":"x","k":"'),
          Buffer.from([0xe4, 0xf6]),
          Buffer.from('","v":{}}\n'),
        ]),
      );
    },
  ],
  [
    'log events: a foreign line',
    (folder) => {
      const file = recordFiles(folder).find((each) => each.startsWith('logs/')) ?? '';
      inLines(file, (lines, at) => void lines.splice(at, 0, '<html>'))(folder, random);
    },
  ],
  ['an object: its content is gone', (folder) => rmSync(content(folder))],
  ['an object: its content is cut short', (folder) => truncateSync(content(folder), 1)],
  ['the lock: text', (folder) => writeFileSync(join(folder, 'lock.json'), 'locked by me')],
  [
    'the journal: a last line without its end',
    (folder) => {
      const path = join(folder, 'journal.jsonl');
      writeFileSync(path, `${readFileSync(path, 'utf8')}{"c":"ssm.parameters","k":"ha`);
    },
  ],
];

let made: string;
let written: Acknowledged;

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'mooring-damage-'));
  const account = new Account({ folder: made });
  await account.start();
  written = new Acknowledged(account);
  await written.prepare();
  for (let each = 0; each < 30; each += 1) await written.write(each, 100);
  await account.stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** A start refuses by file and line, or nothing is missing; a repair reports as much as it takes out, and then it starts. */
async function damaged(damage: Damage): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-damaged-'));
  cpSync(made, folder, { recursive: true });
  damage(folder, random);
  try {
    const before = new Account({ folder });
    const refused = await before.start().then(
      () => undefined,
      (error: Error) => error,
    );
    const complaints = refused === undefined ? await written.complaints(before) : [];
    await before.stop();
    if (
      refused !== undefined &&
      (refused.name !== 'AccountError' ||
        !/(jsonl, line \d+:|cannot start from).*account repair/s.test(refused.message))
    )
      return `the start said ${refused.name}: ${refused.message}`;
    if (complaints.some((each) => !/account repair/.test(each))) return `silently lost: ${complaints.join('; ')}`;

    const findings = repairState(folder, true);
    const account = new Account({ folder });
    await account.start();
    const after = await written.complaints(account);
    await account.stop();
    if (refused === undefined && complaints.length === 0)
      return findings.length === 0 && after.length === 0
        ? undefined
        : `nothing was wrong, and the repair took out ${findings.length}`;
    if (findings.length === 0) return 'the repair found nothing';
    if (repairState(folder, false).length > 0) return 'the repair left damage';
    const kept = recordFiles(folder).some((file) => existsSync(join(folder, `${file}.damaged`)));
    // One glued pair or one object is at most two complaints: its own, and that of the list it is in.
    return kept && after.length <= 3 ? undefined : `after the repair: ${after.join('; ')}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('files that were damaged are named, repaired, and nothing else is lost', async () => {
  const tally = new Tally('damaged files');
  const chosen = damages.filter((_, index) => tries(1, 0) === 1 || index % 5 === 0);
  for (const [name, damage] of chosen) await tally.attempt(name, () => damaged(damage));
  tally.print();
  expect(tally.failures).toEqual([]);
}, 300_000);
