import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, type Zippable, zipSync } from 'fflate';
import * as tar from 'tar';
import type { LoadedUseCase } from '../../contracts/load-use-case';
import type { UseCase } from '../../contracts/use-case';

/** Files of a bundle by their path inside it, sorted. */
export type BundleFiles = ReadonlyMap<string, Buffer>;

/** Scripts that people and SageMaker start by name, at the root of the bundle. */
const rootScripts = ['__main__.py', 'train.py', 'inference.py'] as const;
/** Never shipped: caches, hidden files, editor leftovers. */
const ignored = /^(__pycache__|\..*|.*\.pyc|.*\.egg-info)$/;
/** ZIP cannot express earlier times; every entry carries this one, so that archives depend on contents only. */
const zipEpoch = new Date(1980, 0, 1);

/** The use case as the Python side reads it: validated, defaults filled in, in the order of the schema. */
export function useCaseJson(useCase: UseCase): string {
  return `${JSON.stringify(useCase, undefined, 2)}\n`;
}

/** Identifies the configuration in a model's chain of evidence: SHA-256 of `use-case.json`, in hex. */
export function configHash(useCase: UseCase): string {
  return createHash('sha256').update(useCaseJson(useCase)).digest('hex');
}

/**
 * All Python of a use case: standard steps, monitor, its own steps, and its settings.
 *
 * @param root the checkout.
 */
export function bundleFiles(root: string, { folder, useCase }: LoadedUseCase): BundleFiles {
  const standard = join(root, 'pipeline-defs/standard');
  const files = new Map<string, Buffer>([
    ...folderFiles(join(standard, 'mooring_steps'), 'mooring_steps'),
    ...folderFiles(join(root, 'monitor/mooring_monitor'), 'mooring_monitor'),
    ...folderFiles(join(folder, 'steps'), 'steps'),
    ['use-case.json', Buffer.from(useCaseJson(useCase))],
  ]);
  for (const script of rootScripts) {
    const candidates = [join(standard, script), join(standard, 'mooring_steps', script)];
    const found = candidates.find((path) => existsSync(path));
    if (found === undefined) throw new Error(`the code bundle needs ${script}; looked for ${candidates.join(' and ')}`);
    files.set(script, readFileSync(found));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The bundle for processing steps: `python3 code.zip <command> ...`. Same contents, same bytes. */
export function zipBundle(files: BundleFiles): Uint8Array {
  const entries: Zippable = {};
  for (const [path, content] of files) entries[path] = [content, { mtime: zipEpoch, level: 6 }];
  return zipSync(entries);
}

/** The bundle for script-mode training: `sourcedir.tar.gz`. Same contents, same bytes. */
export function tarBundle(files: BundleFiles): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-bundle-'));
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { mode: 0o644 });
      utimesSync(join(folder, path), 0, 0);
    }
    const file = join(folder, '.sourcedir.tar');
    tar.create({ cwd: folder, file, portable: true, sync: true, mtime: new Date(0), noDirRecurse: true }, [
      ...files.keys(),
    ]);
    return gzipSync(readFileSync(file), { mtime: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function folderFiles(folder: string, prefix: string): [string, Buffer][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, Buffer][] => {
    if (ignored.test(entry.name)) return [];
    const path = join(folder, entry.name);
    const inside = `${prefix}/${entry.name}`;
    return entry.isDirectory() ? folderFiles(path, inside) : [[inside, readFileSync(path)]];
  });
}
