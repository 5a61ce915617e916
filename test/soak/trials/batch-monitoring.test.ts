import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { liveFiles, prefixes, resourceNames, stackNames } from '../../../contracts/names';
import { monitorPath } from '../../../contracts/python-packages';
import { readJson, readObject } from '../../../cli/shared/objects';
import { root } from '../../support/app';
import { DeployedUseCase } from '../../support/deployed/deployed-use-case';
import { scoreOf } from '../../support/deployed/models';
import { failuresOf } from '../../support/trials/door';

const definitions = join(root, 'test/support/trials');

interface Report {
  readonly verdict: string;
  readonly dataset: { readonly rows: number };
  readonly features: readonly { readonly name: string; readonly verdict: string }[];
}

/** A row of a crossing: its key and its features. */
type Crossing = readonly [string, number, number];
const crossings = (from: number): Crossing[] =>
  Array.from({ length: 300 }, (_, index) => [`c${index}`, from + (index % 40), (index * 7) % 30]);

describe('monitors of batch output', () => {
  let deployed: DeployedUseCase;

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('ferry', [stackNames.monitoring('ferry')], definitions);
    await deployed.ship(1);
    await baseline();
  }, 120_000);
  afterAll(() => deployed.close());

  /** The baseline that a pipeline would have registered with the model, of distances from 1 to 40. */
  const baseline = async (): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-baseline-'));
    const rows = crossings(1).map(([key, ...cells], index) => [key, ...cells, index % 2].join(','));
    writeFileSync(join(folder, 'train.csv'), `crossing,distance,load,late\n${rows.join('\n')}\n`);
    const useCase = loadUseCases(definitions).find((each) => each.useCase.name === 'ferry')?.useCase;
    writeFileSync(join(folder, 'use-case.json'), JSON.stringify(useCase));
    const args = ['profile', '--train', join(folder, 'train.csv'), '--use-case', join(folder, 'use-case.json')];
    execFileSync(join(root, '.venv/bin/python'), ['-m', 'mooring_monitor', ...args, '--output', join(folder, 'out')], {
      env: { ...process.env, PYTHONPATH: monitorPath(root) },
    });
    for (const file of [liveFiles.statistics, liveFiles.constraints])
      await deployed.put(`${prefixes.live('ferry')}/${file}`, readFileSync(join(folder, 'out/baseline', file)));
    rmSync(folder, { recursive: true });
  };

  const upload = async (key: string, body: string): Promise<void> => {
    const to = { Bucket: deployed.foundation.dataBucket, Key: key };
    await deployed.clients.s3.send(new PutObjectCommand({ ...to, Body: body }));
  };
  const score = (rows: readonly Crossing[]): Promise<void> =>
    upload(`${prefixes.batchInput('ferry')}/crossings.csv`, rows.map((row) => `${row.join(',')}\n`).join(''));
  const label = async (rows: readonly Crossing[], late: (row: Crossing) => number): Promise<void> => {
    const lines = rows.map((row) => ({
      groundTruthData: { data: String(late(row)), encoding: 'CSV' },
      eventMetadata: { eventId: row[0] },
      eventVersion: '0',
    }));
    const hour = new Date(deployed.account.clock.now()).toISOString().slice(0, 13).replace(/[-T]/g, '/');
    await upload(
      `${prefixes.groundTruth('ferry')}/${hour}/labels.jsonl`,
      lines.map((each) => JSON.stringify(each)).join('\n'),
    );
  };
  const listed = async (bucket: string, prefix: string): Promise<string[]> => {
    const { Contents = [] } = await deployed.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    return Contents.map((each) => each.Key ?? '');
  };
  const latest = async <T>(kind: string, file: string): Promise<T | undefined> => {
    const bucket = deployed.foundation.artifactBucket;
    const keys = await listed(bucket, `${prefixes.monitoring('ferry')}/${kind}/`);
    return readJson<T>(deployed.clients, bucket, keys.filter((each) => each.endsWith(file)).at(-1) ?? '');
  };
  const stateOf = async (name: string): Promise<string | undefined> => {
    const { MetricAlarms = [] } = await deployed.clients.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [name] }),
    );
    return MetricAlarms[0]?.StateValue;
  };
  const drift = resourceNames.featureAlarm('ferry', 'distance');
  const quality = resourceNames.metricAlarm('ferry', 'quality-accuracy');

  test('answers stand behind their rows, keys included, which the model does not see', async () => {
    await score(crossings(1));
    await deployed.pass(65);
    const bucket = deployed.foundation.dataBucket;
    const [key] = await listed(bucket, `${prefixes.batchOutput('ferry')}/`);
    const lines = (await readObject(deployed.clients, bucket, key ?? ''))?.split('\n') ?? [];
    expect(lines.slice(0, 2)).toEqual([`c0,1,0,0,${scoreOf(1, 1, 0)}`, `c1,2,7,0,${scoreOf(1, 2, 7)}`]);
    expect(lines.filter((line) => line !== '')).toHaveLength(300);
  });

  test('rows like those of training are fine', async () => {
    await deployed.pass(60);
    const report = await latest<Report>('data', 'drift_report.json');
    expect(report).toMatchObject({ dataset: { rows: 300 }, verdict: 'ok' });
    expect(await stateOf(drift)).toBe('OK');
  });

  test('a drifted file triggers the alarm of its feature', async () => {
    await score(crossings(30));
    await deployed.pass(125);
    const report = await latest<Report>('data', 'drift_report.json');
    expect(report?.features.find((each) => each.name === 'distance')?.verdict).toBe('breach');
    expect(await stateOf(drift)).toBe('ALARM');
    expect(
      deployed
        .inbox()
        .map((each) => each.body)
        .join('\n'),
    ).toContain('distance');
  });

  test('labels find their rows by the key, and quality is judged', async () => {
    const rows = crossings(30);
    const answer = ([, distance, load]: Crossing): number => Number(scoreOf(1, distance, load) > 0.5);
    expect(await stateOf(quality)).toBe('INSUFFICIENT_DATA');
    await label(rows, answer);
    await deployed.pass(60);
    expect(await stateOf(quality)).toBe('OK');
    await label(rows, (row) => 1 - answer(row));
    await deployed.pass(60);
    expect(await latest<{ readonly verdict: string }>('quality', 'metrics.json')).toMatchObject({ verdict: 'breach' });
    expect(await stateOf(quality)).toBe('ALARM');
  });

  test('nothing failed on the way', () => {
    expect(failuresOf(deployed)).toEqual([]);
  });
});
