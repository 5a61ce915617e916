import { UserError } from '../../contracts/errors';
import { featureNames, type UseCase } from '../../contracts/use-case';
import { readTrained, type Release, writeRecord } from './record';
import { ask, csvLine, near, type Sample, samplesOf, scoreOf } from './samples';
import { type Environment, openStage, type Stage } from './stage';
import { taggedUseCase } from './tools-folder';

/** Bounds; override with SYSTEM_TEST_P95_MS, SYSTEM_TEST_USERS, SYSTEM_TEST_REQUESTS. */
const defaults = { p95: 1000, users: 10, requests: 300 } as const;

interface TestContext {
  readonly stage: Stage;
  readonly useCase: UseCase;
  readonly samples: readonly Sample[];
  readonly env: Environment;
}

/** What a test found; its name and a sentence of what was seen. */
type Test = (context: TestContext) => Promise<string>;

const setting = (env: Environment, name: string, otherwise: number): number => {
  const value = Number(env[name] ?? otherwise);
  return Number.isFinite(value) && value > 0 ? value : otherwise;
};

function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new UserError(message);
}

const sampleAt = (samples: readonly Sample[], index: number): Sample => samples[index % samples.length] as Sample;

const contract: Test = async ({ stage, useCase, samples }) => {
  const rows = [sampleAt(samples, 0), sampleAt(samples, 1), sampleAt(samples, 2)];
  const csv = await ask(stage, useCase.name, rows.map(({ values }) => csvLine(values)).join('\n'));
  expect(csv.status === 200, `text/csv answered ${csv.status}: ${csv.body}`);
  expect(csv.body.split('\n').length === rows.length, `${rows.length} rows got ${csv.body.split('\n').length} lines`);
  const numeric = new Set(
    useCase.dataset.columns.filter(({ type }) => type === 'number' || type === 'integer').map(({ name }) => name),
  );
  const instances = rows.map(({ values }) =>
    Object.fromEntries(
      featureNames(useCase).map((name, index) => {
        const value = values[index] ?? '';
        return [name, value === '' ? null : numeric.has(name) ? Number(value) : value];
      }),
    ),
  );
  const json = await ask(stage, useCase.name, JSON.stringify({ instances }), 'application/json');
  expect(json.status === 200, `application/json answered ${json.status}: ${json.body}`);
  const { predictions = [] } = JSON.parse(json.body) as { readonly predictions?: readonly unknown[] };
  expect(predictions.length === rows.length, `${rows.length} instances got ${predictions.length} predictions`);
  return 'CSV and JSON of three rows got three answers each';
};

const knownSamples: Test = async ({ stage, useCase, samples }) => {
  const chosen = samples.slice(0, 20);
  const { body, status } = await ask(stage, useCase.name, chosen.map(({ values }) => csvLine(values)).join('\n'));
  expect(status === 200, `known rows answered ${status}: ${body}`);
  const wrong = body.split('\n').flatMap((line, index) => {
    const expected = chosen[index]?.expected ?? Number.NaN;
    return near(scoreOf(line), expected) ? [] : [`row ${index + 1} got ${line}, evaluated ${expected}`];
  });
  expect(wrong.length === 0, wrong.join('; '));
  return `${chosen.length} known rows got the scores of their evaluation`;
};

const errorPath: Test = async ({ stage, useCase, samples }) => {
  const tooFew = await ask(stage, useCase.name, csvLine(sampleAt(samples, 0).values.slice(1)));
  expect(
    tooFew.status >= 400 && tooFew.status < 500,
    `a row with a column too few answered ${tooFew.status}, not a 4xx`,
  );
  expect(tooFew.body !== '', 'the answer to a bad row does not say what is wrong');
  const unknown = await ask(stage, useCase.name, JSON.stringify({ instances: [{ nonsense: 1 }] }), 'application/json');
  expect(unknown.status >= 400 && unknown.status < 500, `an unknown column answered ${unknown.status}, not a 4xx`);
  return `bad rows answer ${tooFew.status} and ${unknown.status}`;
};

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

const latency: Test = async ({ stage, useCase, samples, env }) => {
  const bound = setting(env, 'SYSTEM_TEST_P95_MS', defaults.p95);
  const times: number[] = [];
  for (let index = 0; index < 50; index += 1) {
    const answer = await ask(stage, useCase.name, csvLine(sampleAt(samples, index).values));
    expect(answer.status === 200, `request ${index + 1} answered ${answer.status}: ${answer.body}`);
    times.push(answer.milliseconds);
  }
  const p95 = percentile(times, 0.95);
  expect(p95 <= bound, `p95 is ${p95.toFixed(0)} ms; at most ${bound} ms are allowed`);
  return `p50 ${percentile(times, 0.5).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, one after the other`;
};

const load: Test = async ({ stage, useCase, samples, env }) => {
  const users = setting(env, 'SYSTEM_TEST_USERS', defaults.users);
  const requests = setting(env, 'SYSTEM_TEST_REQUESTS', defaults.requests);
  const times: number[] = [];
  const failures: string[] = [];
  let next = 0;
  const user = async (): Promise<void> => {
    while (next < requests) {
      const index = next;
      next += 1;
      const answer = await ask(stage, useCase.name, csvLine(sampleAt(samples, index).values)).catch((error: Error) => ({
        status: 0,
        body: error.message,
        milliseconds: 0,
      }));
      if (answer.status === 200) times.push(answer.milliseconds);
      else failures.push(`${answer.status}: ${answer.body}`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: users }, user));
  expect(failures.length === 0, `${failures.length} of ${requests} requests failed, e.g. ${failures[0] ?? ''}`);
  const rate = requests / ((performance.now() - started) / 1000);
  return `${requests} requests of ${users} users: 0 failures, p95 ${percentile(times, 0.95).toFixed(0)} ms, ${rate.toFixed(0)} a second`;
};

const tests: Readonly<Record<string, Test>> = {
  contract,
  'known samples': knownSamples,
  'error path': errorPath,
  latency,
  load,
};

/** Runs all system tests against a stage. @throws UserError that lists the ones that failed. */
export async function systemTests(
  release: Release,
  stageName: 'staging' | 'production',
  env: Environment,
): Promise<string> {
  const staging = await openStage('staging', env);
  const stage = stageName === 'staging' ? staging : await openStage('production', env);
  const useCase = taggedUseCase();
  const samples = await samplesOf(staging, useCase, await readTrained(staging, release));
  const outcomes: { readonly name: string; readonly passed: boolean; readonly found: string }[] = [];
  for (const [name, test] of Object.entries(tests)) {
    try {
      outcomes.push({ name, passed: true, found: await test({ stage, useCase, samples, env }) });
    } catch (error) {
      outcomes.push({ name, passed: false, found: error instanceof Error ? error.message : String(error) });
    }
    const last = outcomes.at(-1);
    console.log(`  ${last?.passed === true ? 'ok    ' : 'FAILED'} ${name}: ${last?.found ?? ''}`);
  }
  await writeRecord(staging, release, `system-tests-${stageName}.json`, `${JSON.stringify(outcomes, undefined, 2)}\n`);
  const failed = outcomes.filter(({ passed }) => !passed);
  if (failed.length > 0)
    throw UserError.of(
      `${failed.length} of ${outcomes.length} system tests failed in ${stageName}:`,
      failed.map(({ name, found }) => `${name}: ${found}`),
    );
  return `${outcomes.length} system tests passed in ${stageName}`;
}

/** Two known rows against the stage that just got a new version: right answers, and different ones. */
export async function smokeTest(
  release: Release,
  stageName: 'staging' | 'production',
  env: Environment,
): Promise<string> {
  const staging = await openStage('staging', env);
  const stage = stageName === 'staging' ? staging : await openStage('production', env);
  const useCase = taggedUseCase();
  const samples = await samplesOf(staging, useCase, await readTrained(staging, release));
  const first = sampleAt(samples, 0);
  const other = samples.reduce((best, each) =>
    Math.abs(each.expected - first.expected) > Math.abs(best.expected - first.expected) ? each : best,
  );
  const { status, body } = await ask(
    stage,
    useCase.name,
    [first, other].map(({ values }) => csvLine(values)).join('\n'),
  );
  expect(status === 200, `${stageName} answered ${status}: ${body}`);
  const [a = '', b = ''] = body.split('\n');
  expect(
    near(scoreOf(a), first.expected) && near(scoreOf(b), other.expected),
    `${stageName} answered ${a} and ${b}; evaluated were ${first.expected} and ${other.expected}`,
  );
  expect(a !== b || first === other, `two different rows got the same answer ${a}`);
  return `${stageName} answers ${a} and ${b}, as evaluated`;
}
