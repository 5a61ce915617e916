// The test suites: what each needs and how it is run. `npm test` runs `quick`; .ci/run runs all of them.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureImagePython, ensureNodeModules, ensurePython, root } from '../../bin/setup/install.mjs';

const results = join(root, '.mooring', 'test-results');
const jest = (...projects) => ({ kind: 'jest', projects });
const pytest = (marker, environment = 'main', paths = []) => ({ kind: 'pytest', marker, environment, paths });

export const suites = {
  quick: {
    what: 'unit, packages, local account, the loop, Python',
    runs: [
      jest('unit', 'use-case', 'pipeline-language', 'local-account', 'account', 'nag', 'loop', 'withstand'),
      pytest('not parity and not spark and not sdk and not slow and not truth'),
    ],
  },
  parity: { what: 'against recorded outputs of the AWS containers', runs: [pytest('parity')] },
  sdk: {
    what: 'real clients: aws CLI, boto3, SageMaker Python SDK',
    environments: ['clients', 'sdk'],
    runs: [jest('sdk')],
  },
  spark: {
    what: 'the monitor on Apache Spark',
    runs: [pytest('spark', 'bench', ['python/mooring-monitor/tests/scale/test_spark.py'])],
  },
  browser: { what: 'pages in Chromium', runs: [jest('browser')] },
  truth: {
    what: 'against what AWS wrote: schemas, authorization reference, service models, recorded answers',
    environments: ['truth'],
    images: ['xgboost', 'scikit-learn'],
    runs: [jest('truth'), pytest('truth')],
  },
  packages: {
    what: 'our packages, packed and installed into projects of somebody else',
    runs: [jest('packages')],
  },
  soak: {
    what: 'thirty days with drift, lost capture and a new concept; releases through the real pipeline; trials; faults of deployments',
    runs: [jest('soak'), pytest('slow')],
  },
  withstand: {
    what: 'kills, full disks, damaged files and hostile inputs, the long way',
    runs: [{ ...jest('withstand'), environment: { MOORING_WITHSTAND: 'long' } }],
  },
  calm: { what: 'thirty days on which nothing changes, three seeds', runs: [jest('calm')] },
};

// The SDK announces the end of Node.js 20 in every process; engines in package.json says what we support.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

function stream(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Counts of one pytest run, from its JUnit file. */
function junitCounts(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, attributes] of readFileSync(file, 'utf8').matchAll(/<testsuite ([^>]*)>/g)) {
    const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    const failed = number('failures') + number('errors');
    counts.failed += failed;
    counts.skipped += number('skipped');
    counts.passed += number('tests') - failed - number('skipped');
  }
  return counts;
}

async function runJest(name, { projects = [], paths = [], environment = {} }) {
  const file = join(results, `${name}-jest.json`);
  rmSync(file, { force: true });
  const code = await stream(
    process.execPath,
    [
      join(root, 'node_modules/jest/bin/jest.js'),
      ...(projects.length > 0 ? ['--selectProjects', ...projects] : []),
      ...(paths.length > 0 ? ['--runTestsByPath', ...paths] : []),
      '--json',
      `--outputFile=${file}`,
      '--passWithNoTests',
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...environment },
    },
  );
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  // A suite that does not even load counts as a failure.
  if (code !== 0 && counts.failed === 0) counts.failed = Math.max(1, report.numRuntimeErrorTestSuites ?? 0);
  return counts;
}

async function runPytest(name, { marker, environment, paths }) {
  const python = ensurePython(environment);
  const file = join(results, `${name}-${environment}.xml`);
  rmSync(file, { force: true });
  // The main environment has pytest-xdist; a Spark session fills the machine by itself.
  const workers = environment === 'main' ? ['-n', '2'] : [];
  const chosen = marker === undefined ? [] : ['-m', marker];
  const code = await stream(python, ['-m', 'pytest', ...chosen, ...workers, `--junitxml=${file}`, ...paths]);
  const counts = existsSync(file) ? junitCounts(file) : { passed: 0, failed: 1, skipped: 0 };
  // Exit code 5: no test has this marker.
  if (code !== 0 && code !== 5 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** Runs single test files of both languages and returns the summed counts. */
export async function runTests({ jest: typescript, pytest: python }) {
  ensureNodeModules();
  ensurePython('main');
  mkdirSync(results, { recursive: true });
  const counts = [];
  if (typescript.length > 0) counts.push(await runJest('chosen', { paths: typescript }));
  if (python.length > 0) counts.push(await runPytest('chosen', { environment: 'main', paths: python }));
  const sum = (key) => counts.reduce((total, each) => total + each[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** Runs suites by name, one after the other, and returns the summed counts. */
export async function runSuites(names) {
  ensureNodeModules();
  mkdirSync(results, { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  const rows = [];
  for (const name of names) {
    const suite = suites[name];
    const started = Date.now();
    process.stderr.write(`\n== ${name}: ${suite.what}\n`);
    for (const environment of suite.environments ?? []) ensurePython(environment);
    // Tests skip, with the reason, where the images' Python is not found.
    for (const image of suite.images ?? []) ensureImagePython(image);
    ensurePython('main');
    for (const run of suite.runs) {
      const counts = run.kind === 'jest' ? await runJest(name, run) : await runPytest(name, run);
      for (const key of Object.keys(total)) total[key] += counts[key];
      rows.push([
        name,
        run.kind,
        counts.passed,
        counts.failed,
        counts.skipped,
        `${((Date.now() - started) / 1000).toFixed(0)} s`,
      ]);
    }
  }
  const widths = [10, 8, 8, 8, 8, 8];
  const line = (cells) =>
    cells
      .map((cell, index) => (index < 2 ? String(cell).padEnd(widths[index]) : String(cell).padStart(widths[index])))
      .join('');
  console.log(`\n${line(['suite', 'runner', 'passed', 'failed', 'skipped', 'time'])}`);
  for (const row of rows) console.log(line(row));
  return total;
}
