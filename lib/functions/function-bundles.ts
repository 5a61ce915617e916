import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, buildSync, version } from 'esbuild';
import { cachedBundles, sourceFolders } from './bundle-cache';

/** Runtime that the bundles are compiled for. */
export const nodeTarget = 'node22';

/** The functions, each one folder with a `handler.ts` below `lambda/`. */
export function functionNames(root: string): string[] {
  return readdirSync(join(root, 'lambda'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'lambda', entry.name, 'handler.ts')))
    .map((entry) => entry.name)
    .sort();
}

/** The SDK is part of each bundle: one file loads faster than the runtime's copy, and is the one that tests ran against. */
const options = {
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: nodeTarget,
  mainFields: ['module', 'main'],
  conditions: ['module', 'mooring-source'],
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** Bundles of all functions. Same sources, same bytes: asset hashes are stable. */
export class FunctionBundles {
  private readonly built: string;
  private readonly names: readonly string[];
  /** Copies of bundles with further files. */
  private readonly copies: string;

  /** @param root the checkout. */
  constructor(root: string) {
    this.names = functionNames(root);
    this.built = cachedBundles(root, { options, version }, (folder) => bundle(root, this.names, folder));
    this.copies = mkdtempSync(join(tmpdir(), 'mooring-functions-'));
  }

  /** Folder with `index.js` of a function. */
  path(name: string): string {
    if (!this.names.includes(name)) throw new Error(`no function '${name}'; there are: ${this.names.join(', ')}`);
    return join(this.built, name);
  }

  /**
   * Folder with `index.js` of a function and further files beside it.
   *
   * @param owner tells apart what several use cases give to the same function.
   */
  pathWith(name: string, owner: string, files: Readonly<Record<string, string>>): string {
    const target = join(this.copies, `${name}-${owner}`);
    cpSync(this.path(name), target, { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(target, file), content);
    return target;
  }

  /** Removes the copies; the stacks have staged theirs by then. */
  dispose(): void {
    rmSync(this.copies, { recursive: true, force: true });
  }
}

/** One in-process call for all: starting esbuild costs more than what it does here. */
function bundle(root: string, names: readonly string[], folder: string): void {
  const { outputFiles, metafile } = buildSync({
    ...options,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, join(root, 'lambda', name, 'handler.ts')])),
    // Nothing is written here: the folder only fixes the relative paths inside the source maps.
    outdir: join(root, 'dist/functions'),
    metafile: true,
    write: false,
  });
  const known = [...sourceFolders, 'node_modules'].map((each) => `${each}/`);
  const stray = Object.keys(metafile.inputs).find((input) => !known.some((each) => input.includes(each)));
  if (stray !== undefined) throw new Error(`functions use ${stray}, outside ${sourceFolders.join(' and ')}`);
  for (const { path, contents } of outputFiles) {
    const target = join(folder, basename(dirname(path)), basename(path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
}
