/**
 * What the front door adds to the endpoint's own time, in the local account, and what the functions weigh:
 * `npx ts-node --transpile-only bench/predict-overhead.ts [--users 50] [--seconds 20] [--think 1] [--rounds 1]`.
 *
 * The overhead of a request is the client's time minus the time that InvokeEndpoint took, which the predict function
 * says in `Server-Timing`. It holds everything else: HTTP, signature, API gateway, function, checks; `function` is the
 * function's own share of it. Clients, account, functions and model share this machine: on a busy one the numbers are
 * those of its queue, so the load is printed too, and the best of several rounds decides. Ends with 1 when a bound of
 * docs/front-door.md is missed.
 */
import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { frontDoorFile } from '../contracts/front-door';
import { frontDoorSettings } from '../contracts/front-door-settings';
import { FunctionBundles, functionNames } from '../lib/functions/function-bundles';
import { doorUseCase, record } from '../test/support/door-use-case';
import { FrontDoor } from '../test/support/front-door';
import { seeded } from '../test/support/seeded';
import { load, type Load, percentile, type Sample } from './predict-load';

const bounds = { overhead: 10, bundle: 1024 * 1024, importTime: 150 } as const;
const root = join(__dirname, '..');

async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      users: { type: 'string' },
      seconds: { type: 'string' },
      think: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  const options = {
    users: Number(values.users ?? 50),
    seconds: Number(values.seconds ?? 20),
    think: Number(values.think ?? 1),
    rounds: Number(values.rounds ?? 1),
  };
  console.log(`load of this machine: ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors`);
  const small = weighBundles();
  const quick = await measureOverhead(options);
  return small && quick ? 0 : 1;
}

async function measureOverhead(options: {
  readonly users: number;
  readonly seconds: number;
  readonly think: number;
  readonly rounds: number;
}): Promise<boolean> {
  const door = await FrontDoor.open(doorUseCase({ throttling: { rate: 10_000, burst: 5_000 } }));
  try {
    await door.serve(1);
    const ask = async (): Promise<Omit<Sample, 'total'>> => {
      const { status, headers } = await door.predict({ features: record });
      const [check, endpoint, answer] = [...(headers['server-timing'] ?? '').matchAll(/dur=([0-9.]+)/g)].map(
        ([, duration]) => Number(duration),
      );
      if (status !== 200 || check === undefined || endpoint === undefined || answer === undefined)
        throw new Error(`status ${status}`);
      return { endpoint, function: check + answer };
    };
    const warm = { ...options, seconds: 3, think: 0.1, random: seeded(1) };
    await load(warm, ask);
    let within = false;
    for (let round = 0; round < options.rounds; round += 1)
      within = report(options, await load({ ...options, random: seeded(2 + round) }, ask)) || within;
    return within;
  } finally {
    await door.close();
  }
}

function report({ users, think }: { readonly users: number; readonly think: number }, measured: Load): boolean {
  const { samples, failures, perSecond } = measured;
  const line = (name: string, values: readonly number[]): string =>
    `${name.padEnd(10)} p50 ${percentile(values, 0.5).toFixed(1)}  p95 ${percentile(values, 0.95).toFixed(1)}  p99 ${percentile(values, 0.99).toFixed(1)} ms`;
  const overhead = samples.map(({ total, endpoint }) => total - endpoint);
  const p95 = percentile(overhead, 0.95);
  console.log(
    `${users} users, ${think} s between requests: ${samples.length} requests, ${perSecond.toFixed(0)}/s, ${failures} failed, load ${loadavg()[0]?.toFixed(1)}`,
  );
  console.log(
    line(
      'total',
      samples.map((each) => each.total),
    ),
  );
  console.log(
    line(
      'endpoint',
      samples.map((each) => each.endpoint),
    ),
  );
  console.log(
    line(
      'function',
      samples.map((each) => each.function),
    ),
  );
  console.log(`${line('overhead', overhead)}   ${verdict(p95, bounds.overhead)} bound p95 ${bounds.overhead} ms`);
  return failures === 0 && p95 <= bounds.overhead;
}

/** Sizes of the functions' bundles, and how long a cold process takes to load each. */
function weighBundles(): boolean {
  const bundles = new FunctionBundles(root);
  try {
    return functionNames(root)
      .map((name) => weigh(name, bundles.path(name)))
      .every((fits) => fits);
  } finally {
    bundles.dispose();
  }
}

function weigh(name: string, path: string): boolean {
  if (name === 'predict') {
    const useCase = doorUseCase();
    if (useCase.api !== undefined)
      writeFileSync(join(path, frontDoorFile), JSON.stringify(frontDoorSettings(useCase, useCase.api)));
  }
  const size = statSync(join(path, 'index.js')).size;
  const times = Array.from({ length: 5 }, () => coldImport(path));
  const [median = 0, processor = 0] = (['wall', 'processor'] as const).map((kind) =>
    percentile(
      times.map((each) => each[kind]),
      0.5,
    ),
  );
  const fits = size <= bounds.bundle && median <= bounds.importTime;
  const numbers = `${(size / 1024).toFixed(0).padStart(5)} KB  cold import ${median.toFixed(0).padStart(4)} ms (${processor.toFixed(0)} ms of processor time)`;
  console.log(
    `${name.padEnd(10)} ${numbers}   ${fits ? 'within' : 'MISSES'} ${bounds.bundle / 1024} KB, ${bounds.importTime} ms`,
  );
  return fits;
}

/** Milliseconds that `require` of a bundle takes in a new process, SDK clients included: on the clock and of the processor. */
function coldImport(path: string): { readonly wall: number; readonly processor: number } {
  const program = `const used = process.cpuUsage(), began = performance.now();
    require(${JSON.stringify(join(path, 'index.js'))});
    const wall = performance.now() - began, { user, system } = process.cpuUsage(used);
    process.stdout.write(wall + ' ' + (user + system) / 1000, () => process.exit(0));`;
  const env = {
    PATH: process.env.PATH,
    NODE_PATH: join(root, 'node_modules'),
    AWS_REGION: 'us-east-1',
    ...Object.fromEntries(variables.map((name) => [name, '{}'])),
  };
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { env, encoding: 'utf8' });
  const [wall, processor] = stdout.trim().split(' ').map(Number);
  if (wall === undefined || processor === undefined) throw new Error(`cannot load ${path}: ${stderr}`);
  return { wall, processor };
}

/** What handlers read while they are loaded. */
const variables = ['MOORING_STAGE', 'MOORING_ARTIFACT_BUCKET', 'MOORING_ENDPOINT_NAME', 'MOORING_USE_CASE'];

function verdict(value: number, bound: number): string {
  return value <= bound ? 'within' : 'MISSES';
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
