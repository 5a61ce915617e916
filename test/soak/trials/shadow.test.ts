import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { stackNames } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Project } from '../../../cli/shared/project';
import { openSession, type Session } from '../../../cli/shared/session';
import { compareTrial, decideTrial, type TrialReport } from '../../../cli/loop/trial';
import { renderTrial } from '../../../cli/loop/trial-text';
import { root } from '../../support/app';
import { DeployedUseCase } from '../../support/deployed/deployed-use-case';
import { scoreOf } from '../../support/deployed/models';
import { Door, failuresOf } from '../../support/trials/door';

const definitions = join(root, 'test/support/trials');
const rows = Array.from({ length: 120 }, (_, index) => [1 + (index % 40), (index * 7) % 30] as const);

/** An answer without the inference id, which is always another. */
const bytes = (text: string): string => text.replace(/"inference_id":"[^"]*",/, '');

describe('a use case whose versions are shadows first', () => {
  let deployed: DeployedUseCase;
  let door: Door;
  let session: Session;
  let useCase: UseCase;
  let project: Project;
  let alone: readonly string[];
  const report = (): Promise<TrialReport> => compareTrial(session, project, useCase);
  const configOf = async (): Promise<string> => (await deployed.endpoint())?.config ?? '';
  const answers = (): Promise<string[]> =>
    Promise.all(
      rows.map(async ([distance, load]) => {
        const { status, text } = await door.send({ features: { distance, load } });
        return `${status} ${bytes(text)}`;
      }),
    );

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('umbra', [stackNames.monitoring('umbra')], definitions);
    door = await Door.of(deployed);
    project = { ...deployed.project, python: join(root, '.venv/bin/python') };
    session = await openSession(project);
    const [found] = loadUseCases(definitions).filter((each) => each.useCase.name === 'umbra');
    if (found === undefined) throw new Error('no use case');
    useCase = found.useCase;
    await deployed.ship(1);
    alone = await answers();
    // Times of events and captures are whole seconds: what was answered before must not share one with the start of the trial.
    await deployed.pass(1);
    await deployed.ship(2);
  }, 120_000);
  afterAll(() => deployed.close());

  test('answers are the same bytes with and without it', async () => {
    expect(await configOf()).toMatch(/^umbra-endpoint-trial-v2-/);
    expect(await answers()).toEqual(alone);
    expect(new Set(alone.map((each) => each.slice(0, 3)))).toEqual(new Set(['200']));
  });

  test('it answered the same requests, and the differences are reported in numbers', async () => {
    await deployed.pass(1);
    const found = await report();
    expect(found.comparison).toMatchObject({ paired: rows.length, champion_only: 0, challenger_only: 0 });
    // 1 / 101 and 1 / 102 of the same sums.
    const apart = rows.map(([distance, load]) => (distance + load) / 101 - (distance + load) / 102);
    expect(found.comparison?.score_distance?.max).toBeCloseTo(Math.max(...apart), 5);
    expect(found.comparison?.agreement).toBeGreaterThan(0.9);
    expect(found.metrics.challenger).toMatchObject({ errorRate: 0 });
    expect(found.metrics.challenger.p95).toBeGreaterThan(0);
    expect(found.objections).toEqual([]);
    const text = renderTrial(found);
    expect(text).toContain(`${rows.length} requests were answered by both`);
    expect(text).toContain('all checks for a promotion passed');
  });

  test('promoting it deploys it, with the canary of every deployment', async () => {
    await decideTrial(session, await report(), 'promote', 'agrees');
    await deployed.pass(25);
    expect(await configOf()).toMatch(/^umbra-endpoint-v2-/);
    expect(failuresOf(deployed)).toEqual([]);
  });

  test.each([
    [3, 'broken'],
    [4, 'slow'],
  ] as const)(
    'a shadow (version %d) that is %s harms nobody, and speaks against itself',
    async (version, behaviour) => {
      await deployed.ship(version, behaviour);
      expect(await configOf()).toMatch(new RegExp(`-trial-v${version}-`));
      const began = performance.now();
      for (const [distance, load] of rows.slice(0, 10)) {
        const { status, text } = await door.send({ features: { distance, load } });
        expect(`${status} ${(JSON.parse(text) as { readonly score: number }).score}`).toBe(
          `200 ${scoreOf(2, distance, load)}`,
        );
      }
      // Ten answers one after the other took less than the shadow needs for a few of them.
      if (behaviour === 'slow') expect(performance.now() - began).toBeLessThan(8 * 1_300);
      await deployed.pass(1);
      const { metrics, objections } = await report();
      if (behaviour === 'broken')
        expect(objections).toContainEqual("100.0 % of its requests failed, 0.0 % of the live version's");
      else expect(metrics.challenger.p50).toBeGreaterThan(1_000);
      await decideTrial(session, await report(), 'stop', behaviour);
      await deployed.pass(2);
      expect(await configOf()).toMatch(/^umbra-endpoint-v2-/);
    },
  );
});
