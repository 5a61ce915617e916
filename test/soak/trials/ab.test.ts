import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { resourceNames, stackNames } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Project } from '../../../cli/shared/project';
import { lastServed } from '../../../cli/release/served';
import { openSession, type Session } from '../../../cli/shared/session';
import { compareTrial, decideTrial, readTrial, type TrialReport } from '../../../cli/loop/trial';
import { renderTrial } from '../../../cli/loop/trial-text';
import { root } from '../../support/app';
import { DeployedUseCase } from '../../support/deployed/deployed-use-case';
import { Door, failuresOf } from '../../support/trials/door';

const definitions = join(root, 'test/support/trials');

/** A row that version 1 calls late and version 2 does not. */
const between = [25.35, 25.35] as const;

describe('a use case whose versions go on an A/B test', () => {
  let deployed: DeployedUseCase;
  let door: Door;
  let session: Session;
  let useCase: UseCase;
  let project: Project;
  const report = (): Promise<TrialReport> => compareTrial(session, project, useCase);

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('versus', [stackNames.monitoring('versus')], definitions);
    door = await Door.of(deployed);
    project = { ...deployed.project, python: join(root, '.venv/bin/python') };
    session = await openSession(project);
    const [found] = loadUseCases(definitions).filter((each) => each.useCase.name === 'versus');
    if (found === undefined) throw new Error('no use case');
    useCase = found.useCase;
  }, 120_000);
  afterAll(() => deployed.close());

  const configOf = async (): Promise<string> => (await deployed.endpoint())?.config ?? '';

  test('the first version needs no trial', async () => {
    await deployed.ship(1);
    expect(await configOf()).toMatch(/^versus-endpoint-v1-/);
    expect(await readTrial(deployed.clients, 'versus')).toBeUndefined();
  });

  test('the second goes on trial beside it, and that is reported', async () => {
    await deployed.ship(2);
    expect(await configOf()).toMatch(/^versus-endpoint-trial-v2-/);
    expect(await readTrial(deployed.clients, 'versus')).toMatchObject({
      status: 'running',
      share: 40,
      champion: { version: 1 },
      challenger: { version: 2, variant: 'Challenger' },
    });
    expect(deployed.inbox().map((each) => each.subject)).toContain('[versus] version 2 is on trial in production');
    expect(failuresOf(deployed)).toEqual([]);
  });

  test('before there are labels nothing is decided', async () => {
    const { decision, objections } = await report();
    expect(decision?.verdict).toBe('undecided');
    expect(objections).toEqual([expect.stringContaining('champion has 0 of 100 labelled predictions')]);
  });

  test('callers stick to their version, in the share of the YAML', async () => {
    // That nothing was on trial may have been read half a minute ago.
    await new Promise((go) => setTimeout(go, 1_100));
    const versions = new Map<string, Set<number>>();
    const labels: { inference_id: string; label: number }[] = [];
    const keys = Array.from({ length: 160 }, (_, index) => `customer-${index}`);
    for (const round of [1, 2]) {
      for (const key of keys) {
        const { status, body } = await door.predict(round === 1 ? between : [10, 20], key);
        expect(status).toBe(200);
        const seen = versions.get(key) ?? new Set();
        versions.set(key, seen.add(body.model?.version ?? 0));
        expect(body.model?.release).not.toBeNull();
        labels.push({ inference_id: body.inference_id ?? '', label: 0 });
      }
    }
    await door.label(labels);
    expect([...versions.values()].filter((each) => each.size !== 1)).toEqual([]);
    const challenged = [...versions.values()].filter((each) => each.has(2)).length;
    expect(challenged / keys.length).toBeGreaterThan(0.28);
    expect(challenged / keys.length).toBeLessThan(0.52);
  });

  test('with labels the better version is known, with its interval', async () => {
    await deployed.pass(1);
    const found = await report();
    expect(found.decision).toMatchObject({
      verdict: 'challenger',
      champion: { value: 0.5 },
      challenger: { value: 1 },
      difference: 0.5,
    });
    expect(found.objections).toEqual([]);
    expect(found.metrics.challenger.invocations).toBeGreaterThan(80);
    expect(found.metrics.challenger.errorRate).toBe(0);
    expect(renderTrial(found)).toMatch(/difference in accuracy: 0\.5000, 95 % interval 0\.\d+ to 0\.\d+/);
  });

  test('promoting it ends the trial and deploys it as every approved version', async () => {
    await decideTrial(session, await report(), 'promote', 'better');
    await deployed.pass(25);
    expect(await configOf()).toMatch(/^versus-endpoint-v2-/);
    expect(await readTrial(deployed.clients, 'versus')).toMatchObject({
      status: 'ended',
      outcome: { kind: 'promoted', reason: 'better' },
    });
    expect(await deployed.lifeCycle(2)).toBe('Production Serving');
    // The trial changed the package meanwhile; who approved it is still the person.
    expect(await lastServed(session, deployed.foundation.artifactBucket, 'versus')).toMatchObject({
      packageArn: expect.stringMatching(/\/2$/) as unknown,
      approvedBy: 'arn:aws:iam::000000000000:user/local',
    });
    expect((await door.predict(between, 'customer-1')).status).toBe(200);
    // Nothing of the trial is left.
    expect((await deployed.made()).configs.every((each) => !each.includes('trial'))).toBe(true);
    expect(failuresOf(deployed)).toEqual([]);
  });

  test('a version that fails is taken off by its alarm, and the live one answers everybody', async () => {
    await deployed.ship(3, 'broken');
    expect(await configOf()).toMatch(/-trial-v3-/);
    await new Promise((go) => setTimeout(go, 1_100));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => door.predict([10, 20], `customer-${index}`)),
    );
    expect(answers.some((each) => each.status === 502)).toBe(true);
    await deployed.pass(5);
    expect(await readTrial(deployed.clients, 'versus')).toMatchObject({
      status: 'ended',
      outcome: { kind: 'stopped', by: 'alarm' },
    });
    expect(await configOf()).toMatch(/^versus-endpoint-v2-/);
    // The front door may still believe in the trial; no caller notices.
    const later = await Promise.all(
      Array.from({ length: 20 }, (_, index) => door.predict([10, 20], `customer-${index}`)),
    );
    expect(later.map((each) => each.status)).toEqual(later.map(() => 200));
    expect(later.filter((each) => each.body.model?.version === 3)).toEqual([]);
  });

  test('a decision about a version that is not on trial changes nothing', async () => {
    await deployed.ship(4);
    const running = await report();
    await decideTrial(
      session,
      { ...running, trial: { ...running.trial, challenger: { ...running.trial.challenger, version: 3 } } },
      'promote',
      'late',
    );
    await deployed.pass(1);
    expect(await configOf()).toMatch(/-trial-v4-/);
  });

  test('a newer approval takes the place of the trial that runs', async () => {
    await deployed.ship(5);
    expect(await configOf()).toMatch(/-trial-v5-/);
    expect(deployed.inbox().map((each) => each.subject)).toContain(
      '[versus] version 4 is on trial no more in production',
    );
    expect((await deployed.made()).configs.filter((each) => each === '4')).toEqual([]);
  });

  test('stopping it leaves the live version alone', async () => {
    await decideTrial(session, await report(), 'stop', 'not worth it');
    await deployed.pass(2);
    expect(await configOf()).toMatch(/^versus-endpoint-v2-/);
    expect(await deployed.lifeCycle(5)).toBe('Production TrialEnded');
    expect(resourceNames.endpoint('versus')).toBe('versus-endpoint');
  });
});
