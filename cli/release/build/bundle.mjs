// Bundles the tools of the release into one file with all libraries inside, so that the steps need no installation:
// node cli/release/build/bundle.mjs <folder>
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node cli/release/build/bundle.mjs <folder>\n');
  process.exitCode = 2;
} else {
  const here = dirname(fileURLToPath(import.meta.url));
  buildSync({
    entryPoints: [join(here, 'release.ts')],
    outfile: join(resolve(folder), 'release.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['module', 'mooring-source'],
    // Some libraries of the SDK still call require.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  });
  mkdirSync(join(resolve(folder), 'bin'), { recursive: true });
  copyFileSync(join(here, 'cdk-assets.sh'), join(resolve(folder), 'bin', 'cdk-assets'));
}
