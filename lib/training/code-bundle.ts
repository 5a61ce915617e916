import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { useCaseJson } from '../../contracts/config-hash';
import { bundledPackages } from '../../contracts/python-packages';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import type { SourceVersion } from '../config/source-version';

/** Files of a bundle by their path inside it, sorted. */
export type BundleFiles = ReadonlyMap<string, Buffer>;

/** Scripts that people and SageMaker start by name, at the root of the bundle. */
const rootScripts = ['__main__.py', 'inference.py'] as const;
/** Never shipped: caches, hidden files, editor leftovers. */
const ignored = /^(__pycache__|\..*|.*\.pyc|.*\.egg-info)$/;
/** ZIP cannot express earlier times; every entry carries this one, so that archives depend on contents only. */
const zipEpoch = new Date(1980, 0, 1);

/** The Python that all use cases share, read once per synthesis. */
export class StandardCode {
  private readonly files: readonly [string, Buffer][];

  /**
   * @param root the checkout.
   * @param source version of the checkout, which pipelines hand to what they register; default: unknown.
   */
  constructor(
    readonly root: string,
    readonly source?: SourceVersion,
  ) {
    const steps = join(root, 'python/mooring-steps/src');
    this.files = [
      ...bundledPackages(root).flatMap(([name, folder]) => folderFiles(folder, name)),
      ...rootScripts.map((script): [string, Buffer] => [script, readFileSync(rootScript(steps, script))]),
    ];
  }

  /** All Python of a use case: standard steps, monitor, its own steps, and its settings. */
  bundle({ folder, useCase }: LoadedUseCase): BundleFiles {
    const files: [string, Buffer][] = [
      ...this.files,
      ...folderFiles(join(folder, 'steps'), 'steps'),
      ['use-case.json', Buffer.from(useCaseJson(useCase))],
    ];
    return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function rootScript(steps: string, script: string): string {
  const candidates = [join(steps, script), join(steps, 'mooring_steps', script)];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the code bundle needs ${script}; looked for ${candidates.join(' and ')}`);
  return found;
}

/**
 * The bundle for processing and training steps: `python3 code.zip <command> ...`. Same contents, same bytes.
 *
 * Stored, not compressed: a compressor's output changes with its version and processor, and so would the asset's hash.
 */
export function zipBundle(files: BundleFiles): Uint8Array {
  const entries: Zippable = {};
  for (const [path, content] of files) entries[path] = [content, { mtime: zipEpoch, level: 0 }];
  return zipSync(entries);
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
