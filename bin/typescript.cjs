// Lets Node run our TypeScript: `node --require ./bin/typescript.cjs bin/app.ts`.
// esbuild takes the types off each file as it is loaded, which costs a tenth of what the TypeScript compiler takes to start
// (docs/decisions/0060-synth-without-a-compiler.md), and what it made is kept by the hash of the source, which halves the rest.
// Types are checked by `npm run lint`, not here.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { version } = require('esbuild/package.json');

const cache = join(__dirname, '..', '.mooring', 'build', 'typescript');

function transform(source, filename) {
  return require('esbuild').transformSync(source, {
    loader: 'ts',
    format: 'cjs',
    target: 'node20',
    sourcefile: filename,
    sourcemap: 'inline',
    sourcesContent: false,
  }).code;
}

/** What esbuild makes of a file: the kept result, else a fresh one, which is kept when the folder can be written. */
function transformed(filename) {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(`${version}\n${filename}\n${source}`).digest('hex');
  const kept = join(cache, `${key}.cjs`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const code = transform(source, filename);
    try {
      mkdirSync(cache, { recursive: true });
      // Another process may write the same file: a rename shows it whole or not at all.
      writeFileSync(`${kept}.${process.pid}`, code);
      renameSync(`${kept}.${process.pid}`, kept);
    } catch {
      // A checkout that cannot be written costs time, not correctness.
    }
    return code;
  }
}

/** Source of what one of our packages exports, by its manifest; undefined for what it does not export as source. */
function sourceOf(request) {
  const [, name, rest = ''] = /^@mooring\/([^/]+)(\/.*)?$/.exec(request) ?? [];
  if (name === undefined) return undefined;
  const folder = join(__dirname, '..', 'packages', name);
  manifests[name] ??= JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { exports: all } = manifests[name];
  // `./sections/*` and the like; the manifests have no pattern with something behind the star but `*.json`.
  const pattern = Object.keys(all).find((key) => key.endsWith('/*') && `.${rest}`.startsWith(key.slice(0, -1)));
  const target = (all[`.${rest}`] ?? all[pattern])?.['mooring-source'];
  return target && join(folder, target.replace('*', `.${rest}`.slice(pattern?.length - 1)));
}

const manifests = {};
const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => resolve(sourceOf(request) ?? request, ...rest);

process.setSourceMapsEnabled(true);
require.extensions['.ts'] = (module, filename) => module._compile(transformed(filename), filename);
