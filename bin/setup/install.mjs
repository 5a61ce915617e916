// Installs what a command needs, once: node modules and Python environments.
// Plain Node with no dependency, because it runs before any is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holding } from './install-lock.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** An expected failure: printed as one paragraph, without a stack. */
export class SetupError extends Error {}

const say = (text) => process.stderr.write(`${text}\n`);

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Runs a command with a line that says what is going on; its output is shown only when it fails. */
function quietly(what, command, args, options = {}) {
  const started = Date.now();
  process.stderr.write(`  ${what} ...`);
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (result.error || result.status !== 0) {
    say(' failed');
    const tail = `${result.stdout ?? ''}\n${result.stderr ?? ''}`.trim().split('\n').slice(-25).join('\n');
    throw new SetupError(`${what} failed (${[command, ...args].join(' ')}):\n${result.error?.message ?? tail}`);
  }
  say(` ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Does the work unless it is done, one process at a time. */
function alone(isDone, work) {
  if (isDone()) return;
  holding(
    join(root, '.mooring', 'install.lock'),
    () => {
      // Whoever held the lock before may have done it.
      if (!isDone()) work();
    },
    () => say('  another command is installing; waiting for it'),
  );
}

/** Whether somebody's own `npm ci` has installed what the lockfile asks for, by the record that npm leaves at its end. */
export function npmHasInstalled(folder = root) {
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const [wanted, installed] = [packagesOf(join(folder, 'package-lock.json')), packagesOf(record)];
  return Object.entries(wanted).every(([name, { version, optional }]) =>
    name === '' || (optional === true && installed[name] === undefined) ? true : installed[name]?.version === version,
  );
}

/** node_modules equal to the lockfile; does nothing when they already are. */
export function ensureNodeModules() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20)
    throw new SetupError(
      `Node.js 20 or newer is needed, this is ${process.version}. Install one and run the command again.`,
    );
  const stamp = join(root, 'node_modules', '.mooring-stamp');
  const wanted = hashOf(['package.json', 'package-lock.json']);
  const isDone = () => (existsSync(stamp) ? readFileSync(stamp, 'utf8') === wanted : npmHasInstalled());
  alone(isDone, () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    quietly('installing node modules (npm ci)', npm, ['ci', '--loglevel=error']);
    writeFileSync(stamp, wanted);
  });
}

/** Python environments by name: where they live and which requirements they hold. */
export const pythonEnvironments = {
  main: { folder: '.venv', requirements: ['requirements/dev.txt', 'requirements/runtime.txt'] },
  clients: { folder: '.venvs/clients', requirements: ['requirements/clients.txt'] },
  sdk: { folder: '.venvs/sdk', requirements: ['requirements/sdk.txt'] },
  truth: { folder: '.venvs/truth', requirements: ['requirements/truth.txt'] },
  bench: { folder: '.venvs/bench', requirements: ['requirements/bench.txt'] },
};

function pythonVersion(command) {
  const probe = spawnSync(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' });
  return probe.status === 0 ? probe.stdout.trim() : undefined;
}

/** The interpreter to build from: MOORING_PYTHON, else the first of 3.12, 3.11, 3.10 found (the images have 3.12). */
function findPython() {
  const allowed = ['3.10', '3.11', '3.12', '3.13'];
  const candidates = process.env.MOORING_PYTHON
    ? [process.env.MOORING_PYTHON]
    : ['python3.12', 'python3', 'python3.11', 'python3.10', 'python3.13', 'python'];
  const found = [];
  for (const candidate of candidates) {
    const version = pythonVersion(candidate);
    if (version !== undefined && allowed.includes(version)) return candidate;
    if (version !== undefined) found.push(`${candidate} is ${version}`);
  }
  throw new SetupError(
    `Python ${allowed.join(', ')} is needed (the SageMaker images have 3.12); ${found.length ? `found only: ${found.join(', ')}` : 'none was found'}. ` +
      'Install one, or point MOORING_PYTHON at it.',
  );
}

/** Creates or refreshes one Python environment and returns the path of its interpreter. */
export function ensurePython(name = 'main') {
  const environment = pythonEnvironments[name];
  if (environment === undefined)
    throw new SetupError(`no Python environment '${name}'; there are: ${Object.keys(pythonEnvironments).join(', ')}`);
  const folder = join(root, environment.folder);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(folder, '.mooring-stamp');
  const wanted = hashOf(environment.requirements);
  const isDone = () => existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  alone(isDone, () => installPython(name, environment, folder, python, stamp, wanted));
  return python;
}

function installPython(name, environment, folder, python, stamp, wanted) {
  const base = findPython();
  if (!existsSync(python)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    quietly(`creating the Python environment '${name}' (${environment.folder})`, base, ['-m', 'venv', folder]);
  }
  quietly(`installing Python packages of '${name}'`, python, [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '-q',
    '-r',
    environment.requirements[0],
  ]);
  writeFileSync(stamp, wanted);
}

/** Runs main() and turns a SetupError into one paragraph and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\n${error.message}`);
    process.exitCode = 1;
  }
}
