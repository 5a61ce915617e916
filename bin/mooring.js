#!/usr/bin/env node
// Runs bin/mooring.ts. TypeScript is bundled with esbuild into .mooring/build when a source is newer than the last bundle,
// so that a command starts in a fraction of a second and nobody has to build by hand.
const { existsSync, mkdirSync, readdirSync, renameSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { spawnSync } = require('node:child_process');

const root = resolve(__dirname, '..');
const bundle = join(root, '.mooring', 'build', 'mooring.cjs');
const sources = [
  'bin',
  'cli',
  'contracts',
  'packages/local-account/src',
  'packages/pipeline-language/src',
  'packages/use-case/src',
  'package-lock.json',
];

/** What is left out of the bundle: the libraries, by the manifests that name them. Our own packages are part of it. */
function libraries() {
  const manifests = [
    root,
    ...['local-account', 'pipeline-language', 'use-case'].map((name) => join(root, 'packages', name)),
  ];
  const named = manifests.flatMap((folder) => Object.keys(require(join(folder, 'package.json')).dependencies));
  return named.filter((name) => !name.startsWith('@mooring/'));
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path, { withFileTypes: true }).reduce((latest, entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.') || entry.name === '__pycache__') return latest;
    return Math.max(latest, newest(join(path, entry.name)));
  }, stat.mtimeMs);
}

function build() {
  mkdirSync(join(root, '.mooring', 'build'), { recursive: true });
  const fresh = `${bundle}.${process.pid}`;
  require('esbuild').buildSync({
    entryPoints: [join(root, 'bin', 'mooring.ts')],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    conditions: ['mooring-source'],
    external: libraries(),
    define: { 'process.env.MOORING_ROOT': JSON.stringify(root) },
    logLevel: 'error',
  });
  renameSync(fresh, bundle);
}

function install() {
  const result = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `
    const { ensureNodeModules, ensurePython, runMain } = await import(${JSON.stringify(`file://${join(root, 'bin/setup/install.mjs')}`)});
    await runMain(() => { ensureNodeModules(); ensurePython('main'); });
  `,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (result.status !== 0) process.exit(result.status ?? 1);
}

if (!existsSync(join(root, 'node_modules', '.mooring-stamp')) || !existsSync(join(root, '.venv', '.mooring-stamp')))
  install();
const latest = Math.max(...sources.map((source) => newest(join(root, source))));
if (!existsSync(bundle) || statSync(bundle).mtimeMs < latest) build();
process.setSourceMapsEnabled(true);
// The SDK announces the end of Node.js 20 on every start; engines in package.json says what we support.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
require(bundle);
