import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Where code of functions lives; what a bundle takes from elsewhere is pinned by the lock file. */
export const sourceFolders = ['lambda', 'contracts', 'packages/use-case/src'] as const;

/** Milliseconds after which bundles that nobody used are removed. */
const unusedFor = 24 * 3_600_000;

/**
 * Keeps what `build` makes of the functions' sources, so that an unchanged checkout is bundled once.
 *
 * @param root the checkout.
 * @param options whatever else the bundles depend on.
 * @param build writes into the folder that it is given.
 * @param now milliseconds since the epoch.
 * @returns the folder; it belongs to all processes of the checkout and must not be written to.
 */
export function cachedBundles(
  root: string,
  options: unknown,
  build: (folder: string) => void,
  now: number = Date.now(),
): string {
  const store = join(root, 'node_modules/.cache/mooring-functions');
  const folder = join(store, keyOf(root, options));
  if (!existsSync(folder)) {
    mkdirSync(store, { recursive: true });
    removeUnused(store, now);
    const draft = join(store, `draft-${randomUUID()}`);
    mkdirSync(draft);
    build(draft);
    moveInto(draft, folder);
  }
  utimesSync(folder, now / 1000, now / 1000);
  return folder;
}

/** Another process may have finished the very same bundles meanwhile: then those stay. */
function moveInto(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function removeUnused(store: string, now: number): void {
  for (const name of readdirSync(store)) {
    const path = join(store, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: now };
    if (now - mtimeMs > unusedFor) rmSync(path, { recursive: true, force: true });
  }
}

function keyOf(root: string, options: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  const files = ['package-lock.json', ...sourceFolders.flatMap((folder) => filesBelow(root, folder))];
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 32);
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ['.ts', '.json'].includes(extname(name)))
    .map((name) => join(folder, name))
    .sort();
}
