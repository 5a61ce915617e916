/**
 * What the front door adds to the endpoint's own time, in the local account, and what the functions weigh:
 * `node --require ./bin/typescript.cjs bench/predict-overhead.ts [--users 50] [--seconds 20] [--think 1] [--rounds 1]`.
 *
 * The overhead of a request is the user's time minus the time that InvokeEndpoint took, which the predict function
 * says in `Server-Timing`. It holds everything else: HTTP, token, API gateway, function, checks; `function` is the
 * function's own share of it. The users are a process of their own and ask the endpoint alone as well, for comparison.
 * Users, account, functions and model share this machine: on a busy one the numbers are those of its queue, so the load is
 * printed too, and the best of several rounds decides. Ends with 1 when a bound of docs/front-door.md is missed.
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
import { load as measure, type Load, percentile, type Sample } from './predict-load';
import { invocationTarget } from '@mooring/local-account/test/support/clients';

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
  const authorization = { type: 'jwt', issuer: 'https://login.example.com/', audience: ['doors'] };
  const door = await FrontDoor.open(doorUseCase({ authorization, throttling: { rate: 10_000, burst: 5_000 } }));
  try {
    await door.serve(1);
    const json = { 'content-type': 'application/json', accept: 'application/json' };
    const throughDoor = {
      url: `${door.url}/predict`,
      headers: { ...json, authorization: `Bearer ${await door.token({ lifetime: 86_400 })}` },
      body: JSON.stringify({ features: record }),
    };
    const body = JSON.stringify({ instances: [record] });
    const direct = await invocationTarget(door.laptop.account, 'door-endpoint', json, body);
    const { rounds, ...load } = options;
    for (const each of [throughDoor, direct]) await measure({ ...each, ...load, seconds: 3, think: 0.1, seed: 1 });
    let within = false;
    for (let round = 0; round < rounds; round += 1) {
      const alone = await measure({ ...direct, ...load, seed: 2 + round });
      const both = await measure({ ...throughDoor, ...load, seed: 2 + round });
      within = report(options, both, alone) || within;
    }
    return within;
  } finally {
    await door.close();
  }
}

function report(
  { users, think }: { readonly users: number; readonly think: number },
  door: Load,
  alone: Load,
): boolean {
  const line = (name: string, values: readonly number[]): string =>
    `${name.padEnd(10)} p50 ${percentile(values, 0.5).toFixed(1)}  p95 ${percentile(values, 0.95).toFixed(1)}  p99 ${percentile(values, 0.99).toFixed(1)} ms`;
  const of = (given: Load, value: (sample: Sample) => number): number[] => given.samples.map(value);
  const part = (index: number) => (sample: Sample) => sample.parts[index] ?? Number.NaN;
  const overhead = of(door, (each) => each.total - part(1)(each));
  const p95 = percentile(overhead, 0.95);
  const totals = { door: of(door, (each) => each.total), alone: of(alone, (each) => each.total) };
  const ratio = (share: number): string =>
    (percentile(totals.door, share) / percentile(totals.alone, share)).toFixed(2);
  console.log(
    `${users} users, ${think} s between requests: ${door.samples.length} requests, ${door.perSecond.toFixed(0)}/s, ${door.failures} failed, load ${loadavg()[0]?.toFixed(1)}`,
  );
  console.log(`${line('total', totals.door)}   through the front door`);
  console.log(
    `${line('direct', totals.alone)}   the endpoint alone, same users: front door / direct ${ratio(0.5)} at p50, ${ratio(0.95)} at p95`,
  );
  console.log(`${line('endpoint', of(door, part(1)))}   as the function saw it`);
  console.log(
    `${line(
      'function',
      of(door, (each) => part(0)(each) + part(2)(each)),
    )}   its own time`,
  );
  console.log(`${line('overhead', overhead)}   ${verdict(p95, bounds.overhead)} bound p95 ${bounds.overhead} ms`);
  return door.failures + alone.failures === 0 && p95 <= bounds.overhead;
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
    NODE_OPTIONS: '--enable-source-maps',
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
