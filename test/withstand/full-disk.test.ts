import { join } from 'node:path';
import { Account } from '@mooring/local-account';
import { Acknowledged } from '../support/acknowledged';
import { seeded } from '@mooring/local-account/test/support/seeded';
import { SmallDisk } from '../support/small-disk';
import { Tally, tries } from '../support/withstand';

/** Fills a real disk to random bytes under a working account. */
async function fillUp(disk: SmallDisk, random: () => number): Promise<string | undefined> {
  const folder = join(disk.folder, 'state');
  const account = new Account({ folder });
  const again = new Account({ folder });
  try {
    return await fillUpUnder(account, again, disk, random);
  } finally {
    disk.empty();
    await account.stop();
    await again.stop();
  }
}

async function fillUpUnder(
  account: Account,
  again: Account,
  disk: SmallDisk,
  random: () => number,
): Promise<string | undefined> {
  await account.start();
  const written = new Acknowledged(account);
  await written.prepare();
  const some = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each += 1)
      await written.write(Math.floor(random() * 5), Math.floor(random() * random() * 9_000));
  };
  await some(10);
  for (let round = 0; round < 3; round += 1) {
    disk.fill(Math.floor(random() * 40_000));
    await some(40);
  }
  const { refused } = written;
  if (refused === 0) return 'the disk was never full';
  disk.empty();
  await some(10);
  if (written.refused > refused) return 'there was room again, and a write was refused';
  const running = await written.complaints(account);
  // It may also end while there is no room.
  if (random() < 0.5) disk.fill(0);
  await account.stop().catch((error: Error) => {
    if (error.name !== 'InsufficientStorage') throw error;
  });
  disk.empty();
  await again.start();
  const restarted = await written.complaints(again);
  const wrong = [...running.map((each) => `before the restart: ${each}`), ...restarted];
  return wrong.length === 0 ? undefined : wrong.join('\n    ');
}

test('a disk that is full loses nothing acknowledged, keeps nothing refused, and works on when there is room', async () => {
  const tally = new Tally('full disks at random bytes');
  for (let round = 0; round < tries(20, 2); round += 1) {
    const disk = SmallDisk.mount(12);
    if (disk === undefined) return;
    try {
      await tally.attempt(`disk ${round}`, () => fillUp(disk, seeded(100 + round)));
    } finally {
      disk.unmount();
    }
  }
  tally.print();
  expect(tally.failures).toEqual([]);
}, 300_000);
