import { testsPrefix, type TestSummary } from '../../contracts/records/deployment-record';
import { UserError } from '@mooring/use-case/errors';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { prefixes } from '../../contracts/names';
import { type StageTests, stageTests } from '@mooring/use-case/sections/stage-tests';
import type { UseCase } from '@mooring/use-case/use-case';
import { contract, errorPath, knownSamples } from './contract';
import { latency } from './latency';
import { load, stress } from './load';
import { keep, recordedSamples, type Target } from './target';
import type { TestCase } from './test-case';

/** In this order: what is wrong with the contract is no faster under load. */
const tests: Readonly<Record<string, TestCase>> = {
  contract,
  'known samples': knownSamples,
  'error path': errorPath,
  latency,
  load,
  stress,
};

/** Bounds of a stage: the use case's own, else the defaults. */
export const boundsOf = ({ stages }: UseCase, stage: Target['name']): StageTests =>
  stages[stage]?.tests ?? stageTests.parse({});

export interface StageTestRun {
  readonly target: Target;
  /** Where the evaluation left its rows, when that is another account; default: the target. */
  readonly recorded?: Target;
  readonly useCase: UseCase;
  /** What serves in the stage: the version that is tested. */
  readonly live: LiveManifest;
  readonly bounds: StageTests;
  readonly at: Date;
  /** Called after each test. */
  readonly follow?: (line: string) => void;
}

/**
 * Tests the version that serves in a stage, and keeps the reports and the verdict in the artifact bucket; production behind a
 * staging stage with tests looks at that verdict.
 *
 * @returns the verdict, also when tests failed
 * @throws UserError when the stage is asynchronous, or the version has no recorded rows to test with
 */
export async function runStageTests({
  target,
  recorded,
  useCase,
  live,
  bounds,
  at,
  follow,
}: StageTestRun): Promise<TestSummary> {
  if (useCase.stages[target.name]?.async !== undefined)
    throw new UserError(
      `${target.name} of ${useCase.name} is asynchronous, and the tests wait for answers; its versions are judged by the smoke test of each deployment (npx mooring status ${useCase.name}), or leave stages.${target.name}.async out`,
    );
  const execution = live.execution_arn?.split('/').at(-1);
  if (execution === undefined)
    throw new UserError(`version ${live.version} names no execution whose rows it could be tested with`);
  const key = `${prefixes.executions(useCase.name)}/${execution}/Evaluate/predictions/predictions.csv`;
  const samples = await recordedSamples(recorded ?? target, useCase, key);
  const root = testsPrefix(useCase.name, target.name, live.version);
  const report = (name: string, content: unknown): Promise<void> => keep(target, `${root}/${name}.json`, content);
  const outcomes: TestSummary['tests'][number][] = [];
  for (const [name, test] of Object.entries(tests)) {
    if (name === 'stress' && bounds.stress === undefined) continue;
    const outcome = await test({ target, useCase, samples, bounds, report }).then(
      (found) => ({ name, passed: true, found }),
      (error: unknown) => ({ name, passed: false, found: error instanceof Error ? error.message : String(error) }),
    );
    outcomes.push(outcome);
    follow?.(`  ${outcome.passed ? 'ok    ' : 'FAILED'} ${name}: ${outcome.found}`);
  }
  const summary: TestSummary = {
    package_arn: live.package_arn,
    version: live.version,
    stage: target.name,
    endpoint_config: live.endpoint_config,
    passed: outcomes.every((each) => each.passed),
    at: at.toISOString(),
    tests: outcomes,
  };
  await report('summary', summary);
  return summary;
}
