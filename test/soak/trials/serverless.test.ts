import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { liveFiles, prefixes, resourceNames, stackNames } from '../../../contracts/names';
import { monitorPath } from '../../../contracts/python-packages';
import { readJson, readObject } from '../../../cli/shared/objects';
import { root } from '../../support/app';
import { DeployedUseCase } from '../../support/deployed/deployed-use-case';
import { scoreOf } from '../../support/deployed/models';
import { Door, failuresOf } from '../../support/trials/door';

const definitions = join(root, 'test/support/trials');

interface Report {
  readonly verdict?: string;
  readonly features?: readonly { readonly name: string; readonly verdict: string }[];
}

describe('a serverless endpoint', () => {
  let deployed: DeployedUseCase;
  let door: Door;

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('vapour', [stackNames.monitoring('vapour')], definitions);
    door = await Door.of(deployed);
    await deployed.ship(1);
  }, 120_000);
  afterAll(() => deployed.close());

  const captured = async (): Promise<number> => {
    const { KeyCount = 0 } = await deployed.clients.s3.send(
      new ListObjectsV2Command({
        Bucket: deployed.foundation.dataBucket,
        Prefix: `${prefixes.capture('vapour')}/${resourceNames.endpoint('vapour')}/AllTraffic/`,
      }),
    );
    return KeyCount;
  };

  /** The baseline that a pipeline would have registered with the model, of distances from 1 to 40. */
  const baseline = async (): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-baseline-'));
    const rows = Array.from({ length: 400 }, (_, index) => `${1 + (index % 40)},${(index * 7) % 30},${index % 2}`);
    writeFileSync(join(folder, 'train.csv'), `distance,load,late\n${rows.join('\n')}\n`);
    const useCase = loadUseCases(definitions).find((each) => each.useCase.name === 'vapour')?.useCase;
    writeFileSync(join(folder, 'use-case.json'), JSON.stringify(useCase));
    const args = ['profile', '--train', join(folder, 'train.csv'), '--use-case', join(folder, 'use-case.json')];
    execFileSync(join(root, '.venv/bin/python'), ['-m', 'mooring_monitor', ...args, '--output', join(folder, 'out')], {
      env: { ...process.env, PYTHONPATH: monitorPath(root) },
    });
    for (const file of [liveFiles.statistics, liveFiles.constraints])
      await deployed.put(`${prefixes.live('vapour')}/${file}`, readFileSync(join(folder, 'out/baseline', file)));
  };

  const input = async (name: string, body: string): Promise<void> => {
    const Key = `${prefixes.batchInput('vapour')}/${name}`;
    await deployed.clients.s3.send(
      new PutObjectCommand({ Bucket: deployed.foundation.dataBucket, Key, Body: body, ContentType: 'text/csv' }),
    );
  };
  const listed = async (bucket: string, prefix: string): Promise<string[]> => {
    const { Contents = [] } = await deployed.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    return Contents.map((each) => each.Key ?? '');
  };

  test('has no instances, captures nothing and is in service', async () => {
    const endpoint = await deployed.endpoint();
    expect(endpoint).toMatchObject({ status: 'InService', config: expect.stringMatching(/-v1-/) as string });
    const config = await deployed.clients.sagemaker.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint?.config }),
    );
    expect(config.ProductionVariants?.[0]?.ServerlessConfig).toEqual({ MemorySizeInMB: 2048, MaxConcurrency: 10 });
    expect(config.DataCaptureConfig).toBeUndefined();
    expect(
      deployed
        .inbox()
        .map((each) => each.body)
        .join('\n'),
    ).toContain('not by a serverless endpoint');
  });

  test('without labels in the YAML, labels are refused in words', async () => {
    await expect(door.label([{ inference_id: 'a', label: 1 }])).rejects.toThrow(
      /^404: .*"detail":"Labels are not taken here\."/,
    );
  });

  test('another version takes over at once', async () => {
    await deployed.register(2);
    await deployed.approve(2);
    await deployed.settled();
    expect((await deployed.endpoint())?.config).toMatch(/-v2-/);
  });

  test('what goes through the front door is captured there, in the layout of SageMaker', async () => {
    expect(await captured()).toBe(0);
    for (let each = 0; each < 120; each += 1) {
      const { status, text } = await door.send({ features: { distance: 200 + (each % 30), load: each % 20 } });
      expect(status).toBe(200);
      if (each === 0) expect(JSON.parse(text)).toMatchObject({ score: scoreOf(2, 200, 0) });
    }
    expect(await captured()).toBe(120);
  });

  test('and drifts like any other: report, metric, alarm', async () => {
    await baseline();
    await input('orders.csv', '10,20\n30,25.5\n');
    await deployed.pass(125);
    expect(failuresOf(deployed)).toEqual([]);
    const reports = await listed(deployed.foundation.artifactBucket, `${prefixes.monitoring('vapour')}/data/`);
    const key = reports.find((each) => each.endsWith('drift_report.json'));
    const report = await readJson<Report>(deployed.clients, deployed.foundation.artifactBucket, key ?? '');
    expect(report?.features).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'distance' })]));
    const { MetricAlarms = [] } = await deployed.clients.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [resourceNames.featureAlarm('vapour', 'distance')] }),
    );
    expect(MetricAlarms[0]?.StateValue).toBe('ALARM');
  });

  test('files are scored on the schedule by the live version, and by the next one after it took over', async () => {
    const scored = async (): Promise<string[]> => {
      const found = await listed(deployed.foundation.dataBucket, `${prefixes.batchOutput('vapour')}/`);
      return Promise.all(
        found.map(async (key) => (await readObject(deployed.clients, deployed.foundation.dataBucket, key)) ?? ''),
      );
    };
    const answer = (version: number): string =>
      [scoreOf(version, 10, 20), scoreOf(version, 30, 25.5)].map((each) => `${Number(each > 0.5)},${each}\n`).join('');
    expect(new Set(await scored())).toEqual(new Set([answer(2)]));
    await deployed.ship(3);
    await deployed.pass(60);
    expect((await scored()).at(-1)).toBe(answer(3));
    const keys = await listed(deployed.foundation.dataBucket, `${prefixes.batchOutput('vapour')}/`);
    expect(keys[0]).toMatch(/^vapour\/batch\/output\/2026-11-20T\d\d-\d\d-\d\d\/orders\.csv\.out$/);
  });
});
