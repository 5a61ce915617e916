// Installs what a command needs, once: node modules and Python environments.
// Plain Node with no dependency, because it runs before any is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
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
    name === '' || (optional === true && installed[name] === undefined)
      ? true
      : name in installed && installed[name].version === version,
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

/** Python of SageMaker's images (contracts/prebuilt-images.ts). */
const imagePython = '3.12';

/** Python environments by name: where they live and which requirements they hold. */
export const pythonEnvironments = {
  main: { folder: '.venv', requirements: ['requirements/dev.txt', 'requirements/runtime.txt'] },
  clients: { folder: '.venvs/clients', requirements: ['requirements/clients.txt'] },
  sdk: { folder: '.venvs/sdk', requirements: ['requirements/sdk.txt'] },
  truth: { folder: '.venvs/truth', requirements: ['requirements/truth.txt'] },
  bench: { folder: '.venvs/bench', requirements: ['requirements/bench.txt'] },
  'image-scikit-learn': {
    folder: '.venvs/image-scikit-learn',
    requirements: ['requirements/images/scikit-learn-1.9-0.txt'],
    image: true,
  },
  'image-xgboost': {
    folder: '.venvs/image-xgboost',
    requirements: ['requirements/images/xgboost-3.2-0.txt'],
    image: true,
  },
};

function pythonVersion(command) {
  const probe = spawnSync(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' });
  return probe.status === 0 ? probe.stdout.trim() : undefined;
}

/** Interpreters that pyenv has installed, newest first, whether or not its shims are on the path. */
function pyenvPythons() {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  if (!existsSync(versions)) return [];
  const order = new Intl.Collator('en', { numeric: true }).compare;
  return readdirSync(versions)
    .sort((a, b) => order(b, a))
    .map((version) => join(versions, version, 'bin', 'python'))
    .filter((python) => existsSync(python));
}

/** The Python of SageMaker's images, or undefined when this machine has none. */
export function findImagePython() {
  const candidates = [process.env.MOORING_PYTHON, 'python3.12', 'python3', ...pyenvPythons()];
  return candidates.find((candidate) => candidate && pythonVersion(candidate) === imagePython);
}

/** The interpreter to build from: MOORING_PYTHON, else the images' 3.12 wherever it is, else what is found. */
function findPython() {
  const allowed = ['3.10', '3.11', '3.12', '3.13'];
  const candidates = process.env.MOORING_PYTHON
    ? [process.env.MOORING_PYTHON]
    : [findImagePython(), 'python3', 'python3.11', 'python3.10', 'python3.13', 'python', ...pyenvPythons()];
  const found = [];
  for (const candidate of candidates.filter((each) => each !== undefined)) {
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

/** The same for the environment of a prebuilt image; undefined on a machine without the images' Python. */
export function ensureImagePython(image) {
  return findImagePython() === undefined ? undefined : ensurePython(`image-${image}`);
}

function installPython(name, environment, folder, python, stamp, wanted) {
  const base = environment.image ? findImagePython() : findPython();
  if (base === undefined)
    throw new SetupError(
      `the Python environment '${name}' needs Python ${imagePython}, as its image has it. ` +
        'Install it, or point MOORING_PYTHON at one.',
    );
  if (!existsSync(python)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    quietly(`creating the Python environment '${name}' (${environment.folder})`, base, ['-m', 'venv', folder]);
  }
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '-q'];
  const what = `installing Python packages of '${name}'`;
  if (environment.image) installImage(what, python, pip, environment.requirements[0], folder);
  else quietly(what, python, [...pip, '-r', environment.requirements[0]]);
  writeFileSync(stamp, wanted);
}

/**
 * As the image's build does: exactly what its lock file lists, whatever the packages say that they need, built with the
 * listed tools; and one line of the toolkit brought up to date with Python 3.10.
 */
function installImage(what, python, pip, requirements, folder) {
  const tools = readFileSync(join(root, requirements), 'utf8').match(/^(pip|setuptools)==\S+/gm);
  quietly(`${what} (its build tools)`, python, [...pip, ...tools]);
  quietly(what, python, [...pip, '--no-deps', '--no-build-isolation', '-r', requirements]);
  const packages = join(folder, `lib/python${imagePython}/site-packages`);
  const mapping = join(packages, 'sagemaker_containers/_mapping.py');
  writeFileSync(mapping, readFileSync(mapping, 'utf8').replaceAll('collections.Mapping', 'collections.abc.Mapping'));
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
