import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { TestSummary } from '../../../contracts/deployment-record';
import type { LiveManifest } from '../../../contracts/live-manifest';
import { loadUseCases } from '../../../contracts/load-use-case';
import { prefixes, type StageName } from '../../../contracts/names';
import type { StageTests } from '../../../contracts/use-case/stage-tests';
import { boundsOf, runStageTests } from '../../../scripts/stage-tests/run';
import { Harbour } from '../../support/shipping/harbour';
import { artifact, scoreOf } from '../../support/shipping/models';

const minutes = 60_000;

describe('a use case with a staging stage that is approved by hand and tested', () => {
  let harbour: Harbour;
  const [useCase] = loadUseCases(`${__dirname}/../../support/shipping/use-cases`).flatMap((each) =>
    each.useCase.name === 'duo' ? [each.useCase] : [],
  );
  if (useCase === undefined) throw new Error('there is no use case duo');

  const json = async <T>(key: string): Promise<T> => {
    const Bucket = harbour.foundation.artifactBucket;
    const { Body } = await harbour.clients.s3.send(new GetObjectCommand({ Bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? 'null') as T;
  };
  const live = (stage: StageName): Promise<LiveManifest> => json(`${prefixes.live('duo', stage)}/manifest.json`);
  const last = (): string => harbour.inbox().at(-1)?.subject ?? '';
  const tested = async (bounds: StageTests = boundsOf(useCase, 'staging')): Promise<TestSummary> => {
    const { s3, runtime } = harbour.clients;
    const target = { name: 'staging', artifactBucket: harbour.foundation.artifactBucket, s3, runtime } as const;
    return runStageTests({ target, useCase, live: await live('staging'), bounds, at: harbour.account.clock.now() });
  };

  beforeAll(async () => {
    harbour = await Harbour.open('duo');
    await harbour.register(1);
  }, 3 * minutes);
  afterAll(() => harbour.close());

  test('nothing is deployed without an approval', async () => {
    await harbour.pass(30);
    expect(await harbour.endpoint('staging')).toBeUndefined();
    expect(await harbour.endpoint('production')).toBeUndefined();
  });

  test('production is refused to a version that never served in staging, and that is told', async () => {
    await harbour.approveForProduction(1);
    await harbour.pass(5);
    expect(await harbour.endpoint('production')).toBeUndefined();
    expect(last()).toBe('[duo] version 1 was not deployed to production');
    expect(harbour.inbox().at(-1)?.body).toContain('version 1 has never served in staging');
    expect(await harbour.status()).toMatch(/production +1 +refused +version 1 has never served in staging/);
  });

  test("the registry's approval brings it to staging alone, with staging's own instances", async () => {
    await harbour.approve(1);
    await harbour.pass(30);
    expect(await harbour.endpoint('staging')).toMatchObject({ status: 'InService', version: 1 });
    expect(await harbour.endpoint('production')).toBeUndefined();
    expect(await harbour.lifeCycle(1)).toBe('Staging Serving');
    expect(last()).toBe('[duo] version 1 serves in staging');
  });

  test('production is refused to a version that was not tested', async () => {
    await harbour.approveForProduction(1);
    await harbour.pass(5);
    expect(await harbour.endpoint('production')).toBeUndefined();
    expect(harbour.inbox().at(-1)?.body).toContain('version 1 was not tested in staging');
  });

  test('a bound that the version misses fails its tests, and production is refused', async () => {
    const bounds = boundsOf(useCase, 'staging');
    const summary = await tested({ ...bounds, latency: { ...bounds.latency, p99: 0.001 }, stress: undefined });
    expect(summary).toMatchObject({ passed: false, version: 1 });
    expect(summary.tests.filter((each) => !each.passed).map((each) => each.name)).toEqual(['latency']);
    expect(summary.tests.find((each) => each.name === 'latency')?.found).toMatch(/p99 is .* ms; at most 0.001 ms/);
    await harbour.approveForProduction(1);
    await harbour.pass(5);
    expect(await harbour.endpoint('production')).toBeUndefined();
    expect(harbour.inbox().at(-1)?.body).toContain('version 1 failed its tests in staging: latency');
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
    await harbour.approve(1);
    await harbour.pass(30);
    expect(await harbour.endpoint('production')).toBeUndefined();
  });

  test('model data that changed after staging is refused', async () => {
    const key = 'duo/executions/run1/Train/model.tar.gz';
    await harbour.put(key, await artifact(9, 'good'));
    await harbour.approveForProduction(1);
    await harbour.pass(5);
    expect(await harbour.endpoint('production')).toBeUndefined();
    expect(harbour.inbox().at(-1)?.body).toContain('the model data of version 1 is not what served in staging');
  });

  test(
    'a version that was staged, tested and approved for production serves there, with the same digest',
    async () => {
      await harbour.register(2);
      await harbour.approve(2);
      await harbour.pass(30);
      expect((await tested()).passed).toBe(true);
      await harbour.approveForProduction(2);
      await harbour.pass(30);
      expect(await harbour.endpoint('production')).toMatchObject({ status: 'InService', version: 2 });
      expect(await harbour.ask(5)).toEqual({ [`0,${scoreOf(2, 10, 20)}`]: 5 });
      const [staging, production] = [await live('staging'), await live('production')];
      expect(production.artifact?.digest).toMatch(/^[0-9a-f]{32}/);
      expect(production.artifact).toEqual(staging.artifact);
      expect(await harbour.lifeCycle(2)).toBe('Production Serving');
      expect(await harbour.status()).toMatch(
        /duo-staging-endpoint +InService +2[^]*duo-endpoint|duo-endpoint +InService +2/,
      );
    },
    minutes,
  );

  test('staging goes back alone', async () => {
    await harbour.register(3);
    await harbour.approve(3);
    await harbour.pass(30);
    expect((await harbour.endpoint('staging'))?.version).toBe(3);
    await harbour.requestRollback('staging');
    await harbour.pass(30);
    expect((await harbour.endpoint('staging'))?.version).toBe(2);
    expect((await harbour.endpoint('production'))?.version).toBe(2);
    expect(last()).toBe('[duo] version 2 serves again in staging');
    expect(await harbour.lifeCycle(3)).toBe('Staging RolledBack');
  });
});
