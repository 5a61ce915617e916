import { UserError } from '@mooring/use-case/errors';
import type { LiveManifest } from '../../../contracts/records/live-manifest';
import { liveFiles, prefixes } from '../../../contracts/names';
import type { StageTests } from '@mooring/use-case/sections/stage-tests';
import { boundsOf, runStageTests } from '../../stage-tests/run';
import { ask, csvLine, near, scoreOf } from '../../stage-tests/target';
import { expect, sampleAt } from '../../stage-tests/test-case';
import { readText, readTrained, type Release, writeRecord } from './record';
import { samplesOf } from './samples';
import { type Environment, openStage, type Stage } from './stage';
import { taggedUseCase } from './tools-folder';

/** The use case's bounds; SYSTEM_TEST_P95_MS, SYSTEM_TEST_USERS and SYSTEM_TEST_SECONDS override them. */
function bounds(own: StageTests, env: Environment): StageTests {
  const setting = (name: string, otherwise: number): number => {
    const value = Number(env[name] ?? otherwise);
    return Number.isFinite(value) && value > 0 ? value : otherwise;
  };
  return {
    ...own,
    latency: { ...own.latency, p95: setting('SYSTEM_TEST_P95_MS', own.latency.p95) },
    load: {
      ...own.load,
      users: setting('SYSTEM_TEST_USERS', own.load.users),
      seconds: setting('SYSTEM_TEST_SECONDS', own.load.seconds),
    },
  };
}

/** Runs the tests of a stage on this release's version. @throws UserError that lists the ones that failed. */
export async function systemTests(
  release: Release,
  stageName: 'staging' | 'production',
  env: Environment,
): Promise<string> {
  const staging = await openStage('staging', env);
  const stage = stageName === 'staging' ? staging : await openStage('production', env);
  const useCase = taggedUseCase();
  const { package_arn: packageArn } = await readTrained(staging, release);
  const live = await manifestOf(stage, useCase.name);
  if (live?.package_arn !== packageArn)
    throw new UserError(
      `${stageName} serves ${live?.package_arn ?? 'nothing'}, not this release's ${packageArn}; it cannot be tested`,
    );
  const { tests } = await runStageTests({
    target: stage,
    recorded: staging,
    useCase,
    live,
    bounds: bounds(boundsOf(useCase, stageName), env),
    at: new Date(),
    follow: (line) => console.log(line),
  });
  await writeRecord(staging, release, `system-tests-${stageName}.json`, `${JSON.stringify(tests, undefined, 2)}\n`);
  const failed = tests.filter(({ passed }) => !passed);
  if (failed.length > 0)
    throw UserError.of(
      `${failed.length} of ${tests.length} system tests failed in ${stageName}:`,
      failed.map(({ name, found }) => `${name}: ${found}`),
    );
  return `${tests.length} system tests passed in ${stageName}`;
}

async function manifestOf(stage: Stage, useCase: string): Promise<LiveManifest | undefined> {
  const key = `${prefixes.live(useCase, stage.name)}/${liveFiles.manifest}`;
  const text = await readText(stage, stage.artifactBucket, key);
  return text === undefined ? undefined : (JSON.parse(text) as LiveManifest);
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
