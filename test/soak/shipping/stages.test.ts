import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { TestSummary } from '../../../contracts/records/deployment-record';
import type { LiveManifest } from '../../../contracts/records/live-manifest';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { prefixes, type StageName } from '../../../contracts/names';
import type { StageTests } from '@mooring/use-case/sections/stage-tests';
import { boundsOf, runStageTests } from '../../../cli/stage-tests/run';
import { DeployedUseCase } from '../../support/deployed/deployed-use-case';
import { artifact, scoreOf } from '../../support/deployed/models';

const minutes = 60_000;

describe('a use case with a staging stage that is approved by hand and tested', () => {
  let deployed: DeployedUseCase;
  const [useCase] = loadUseCases(`${__dirname}/../../support/deployed/use-cases`).flatMap((each) =>
    each.useCase.name === 'duo' ? [each.useCase] : [],
  );
  if (useCase === undefined) throw new Error('there is no use case duo');

  const json = async <T>(key: string): Promise<T> => {
    const Bucket = deployed.foundation.artifactBucket;
    const { Body } = await deployed.clients.s3.send(new GetObjectCommand({ Bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? 'null') as T;
  };
  const live = (stage: StageName): Promise<LiveManifest> => json(`${prefixes.live('duo', stage)}/manifest.json`);
  const last = (): string => deployed.inbox().at(-1)?.subject ?? '';
  const tested = async (bounds: StageTests = boundsOf(useCase, 'staging')): Promise<TestSummary> => {
    const { s3, runtime } = deployed.clients;
    const target = { name: 'staging', artifactBucket: deployed.foundation.artifactBucket, s3, runtime } as const;
    return runStageTests({ target, useCase, live: await live('staging'), bounds, at: deployed.account.clock.now() });
  };

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('duo');
    await deployed.register(1);
  }, 3 * minutes);
  afterAll(() => deployed.close());

  test('nothing is deployed without an approval', async () => {
    await deployed.pass(30);
    expect(await deployed.endpoint('staging')).toBeUndefined();
    expect(await deployed.endpoint('production')).toBeUndefined();
  });

  test('production is refused to a version that never served in staging, and that is reported', async () => {
    await deployed.approveForProduction(1);
    await deployed.pass(5);
    expect(await deployed.endpoint('production')).toBeUndefined();
    expect(last()).toBe('[duo] version 1 was not deployed to production');
    expect(deployed.inbox().at(-1)?.body).toContain('version 1 has never served in staging');
    expect(await deployed.status()).toMatch(/production +1 +refused +version 1 has never served in staging/);
  });

  test("the registry's approval brings it to staging alone, with staging's own instances", async () => {
    await deployed.approve(1);
    await deployed.pass(30);
    expect(await deployed.endpoint('staging')).toMatchObject({ status: 'InService', version: 1 });
    expect(await deployed.endpoint('production')).toBeUndefined();
    expect(await deployed.lifeCycle(1)).toBe('Staging Serving');
    expect(last()).toBe('[duo] version 1 serves in staging');
  });

  test('production is refused to a version that was not tested', async () => {
    await deployed.approveForProduction(1);
    await deployed.pass(5);
    expect(await deployed.endpoint('production')).toBeUndefined();
    expect(deployed.inbox().at(-1)?.body).toContain('version 1 was not tested in staging');
  });

  test('a bound that the version misses fails its tests, and production is refused', async () => {
    const bounds = boundsOf(useCase, 'staging');
    const summary = await tested({ ...bounds, latency: { ...bounds.latency, p99: 0.001 }, stress: undefined });
    expect(summary).toMatchObject({ passed: false, version: 1 });
    expect(summary.tests.filter((each) => !each.passed).map((each) => each.name)).toEqual(['latency']);
    expect(summary.tests.find((each) => each.name === 'latency')?.found).toMatch(/p99 is .* ms; at most 0.001 ms/);
    await deployed.approveForProduction(1);
    await deployed.pass(5);
    expect(await deployed.endpoint('production')).toBeUndefined();
    expect(deployed.inbox().at(-1)?.body).toContain('version 1 failed its tests in staging: latency');
  });

  test(
    'contract, latency, load and stress pass, and their reports are kept',
    async () => {
      const summary = await tested();
      console.log(summary.tests.map((each) => `${each.name}: ${each.found}`).join('\n'));
      expect(summary.tests.filter((each) => !each.passed)).toEqual([]);
      expect(summary.tests.map((each) => each.name)).toEqual([
        'contract',
        'known samples',
        'error path',
        'latency',
        'load',
        'stress',
      ]);
      const load = await json<{ '2xx': number; connections: number }>('duo/tests/staging/v1/load.json');
      expect(load).toMatchObject({ connections: 4, non2xx: 0, errors: 0 });
      expect(load['2xx']).toBeGreaterThan(20);
    },
    minutes,
  );

  test('an approval of the registry alone does not reach production', async () => {
    await deployed.approve(1);
    await deployed.pass(30);
    expect(await deployed.endpoint('production')).toBeUndefined();
  });

  test('model data that changed after staging is refused', async () => {
    const key = 'duo/executions/run1/Train/model.tar.gz';
    await deployed.put(key, await artifact(9, 'good'));
    await deployed.approveForProduction(1);
    await deployed.pass(5);
    expect(await deployed.endpoint('production')).toBeUndefined();
    expect(deployed.inbox().at(-1)?.body).toContain('the model data of version 1 is not what served in staging');
  });

  test(
    'a version that was staged, tested and approved for production serves there, with the same digest',
    async () => {
      await deployed.register(2);
      await deployed.approve(2);
      await deployed.pass(30);
      expect((await tested()).passed).toBe(true);
      await deployed.approveForProduction(2);
      await deployed.pass(30);
      expect(await deployed.endpoint('production')).toMatchObject({ status: 'InService', version: 2 });
      expect(await deployed.ask(5)).toEqual({ [`0,${scoreOf(2, 10, 20)}`]: 5 });
      const [staging, production] = [await live('staging'), await live('production')];
      expect(production.artifact?.digest).toMatch(/^[0-9a-f]{32}/);
      expect(production.artifact).toEqual(staging.artifact);
      expect(await deployed.lifeCycle(2)).toBe('Production Serving');
      expect(await deployed.status()).toMatch(
        /duo-staging-endpoint +InService +2[^]*duo-endpoint|duo-endpoint +InService +2/,
      );
    },
    minutes,
  );

  test('staging goes back alone', async () => {
    await deployed.register(3);
    await deployed.approve(3);
    await deployed.pass(30);
    expect((await deployed.endpoint('staging'))?.version).toBe(3);
    await deployed.requestRollback('staging');
    await deployed.pass(30);
    expect((await deployed.endpoint('staging'))?.version).toBe(2);
    expect((await deployed.endpoint('production'))?.version).toBe(2);
    expect(last()).toBe('[duo] version 2 serves again in staging');
    expect(await deployed.lifeCycle(3)).toBe('Staging RolledBack');
  });
});
