import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

/** Runtime that the bundles are compiled for. */
export const nodeTarget = 'node22';

/** The functions, each one folder with a `handler.ts` below `lambda/`. */
export function functionNames(root: string): string[] {
  return readdirSync(join(root, 'lambda'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'lambda', entry.name, 'handler.ts')))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Bundles of all functions, made by one in-process esbuild call (starting esbuild costs more than what it does here).
 *
 * The AWS SDK stays outside, because the runtime brings it. Same sources, same bytes: asset hashes are stable.
 */
export class FunctionBundles {
  private readonly folder: string;
  private readonly names: ReadonlySet<string>;

  /** @param root the checkout. */
  constructor(root: string) {
    const names = functionNames(root);
    // Nothing is written here: the folder only fixes the relative paths inside the source maps.
    const outdir = join(root, 'dist/functions');
    const { outputFiles } = buildSync({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, join(root, 'lambda', name, 'handler.ts')])),
      outdir,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: nodeTarget,
      external: ['@aws-sdk/*'],
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      write: false,
      logLevel: 'silent',
    });
    this.folder = mkdtempSync(join(tmpdir(), 'mooring-functions-'));
    this.names = new Set(names);
    for (const { path, contents } of outputFiles) {
      const target = join(this.folder, basename(dirname(path)), basename(path));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, contents);
    }
  }

  /** Folder with `index.js` of a function. */
  path(name: string): string {
    if (!this.names.has(name)) throw new Error(`no function '${name}'; there are: ${[...this.names].join(', ')}`);
    return join(this.folder, name);
  }

  /**
   * Folder with `index.js` of a function and further files beside it.
   *
   * @param owner tells apart what several use cases give to the same function.
   */
  pathWith(name: string, owner: string, files: Readonly<Record<string, string>>): string {
    const target = join(this.folder, `${name}-${owner}`);
    cpSync(this.path(name), target, { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(target, file), content);
    return target;
  }

  /** Removes the bundles; the stacks have staged their copies by then. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
