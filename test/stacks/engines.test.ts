import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UseCase } from '../../contracts/use-case';
import { monitorKinds, resourceNames, stackNames } from '../../contracts/names';
import { nativeSchedule, offset } from '../../lib/monitoring/native/native-schedule';
import { testApp, testUseCases } from '../support/app';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Resources of the monitoring stack of `loans` with all four monitors. */
function monitoring(engine: UseCase['monitoring']['engine']): Resource[] {
  const [loans] = testUseCases();
  if (loans === undefined) throw new Error('the test use case loans is gone');
  const useCase: UseCase = {
    ...loans.useCase,
    monitoring: {
      ...loans.useCase.monitoring,
      engine,
      quality: { every: '1d', window: '2d', metric: 'auc', bound: 0.7 },
      bias: { every: '1d', metric: 'DPPL', max: 0.2 },
      explanations: { every: '1d', min_ndcg: 0.9 },
    },
  };
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-engines-'));
  try {
    testApp([{ ...loans, useCase }], outdir).synth();
    const template = JSON.parse(
      readFileSync(join(outdir, `${stackNames.monitoring('loans')}.template.json`), 'utf8'),
    ) as { readonly Resources: Readonly<Record<string, Resource>> };
    return Object.values(template.Resources);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const native = monitoring('model-monitor');
const open = monitoring('open');
const ofType = (resources: readonly Resource[], type: string): Resource[] =>
  resources.filter((each) => each.Type === type);
const alarms = (resources: readonly Resource[]): unknown[] =>
  ofType(resources, 'AWS::CloudWatch::Alarm')
    .map(({ Properties: p }) => [
      p['AlarmName'],
      p['Namespace'],
      p['MetricName'],
      p['Dimensions'],
      p['Threshold'],
      p['Period'],
    ])
    .sort();

describe('engine: model-monitor', () => {
  test('has a job definition and a schedule of its own for each of the four monitors', () => {
    const types = native.map((each) => each.Type).filter((type) => /JobDefinition|MonitoringSchedule/.test(type));
    expect(types.sort()).toEqual([
      'AWS::SageMaker::DataQualityJobDefinition',
      'AWS::SageMaker::ModelBiasJobDefinition',
      'AWS::SageMaker::ModelExplainabilityJobDefinition',
      'AWS::SageMaker::ModelQualityJobDefinition',
      ...Array.from({ length: 4 }, () => 'AWS::SageMaker::MonitoringSchedule'),
    ]);
  });

  test('names schedules as the alarms read them', () => {
    const names = ofType(native, 'AWS::SageMaker::MonitoringSchedule').map(
      ({ Properties }) => Properties['MonitoringScheduleName'],
    );
    expect(names.sort()).toEqual(monitorKinds.map((kind) => resourceNames.schedule('loans', kind)).sort());
  });

  test('publishes metrics, which Model Monitor does not by itself', () => {
    const [data] = ofType(native, 'AWS::SageMaker::DataQualityJobDefinition');
    expect(data?.Properties['DataQualityAppSpecification']).toMatchObject({
      Environment: { publish_cloudwatch_metrics: 'Enabled' },
    });
  });

  test('starts no processing job of ours', () => {
    expect(ofType(native, 'AWS::Scheduler::Schedule')).toEqual([]);
  });
});

describe('engine: open', () => {
  test('has no native monitor at all', () => {
    expect(open.filter((each) => /JobDefinition|MonitoringSchedule/.test(each.Type))).toEqual([]);
  });

  test('has the same alarms', () => {
    expect(alarms(open)).toEqual(alarms(native));
  });
});

describe('a cadence in the words of Model Monitor', () => {
  test.each([
    ['1h', 'cron(0 * ? * * *)'],
    ['6h', 'cron(0 0/6 ? * * *)'],
    ['1d', 'cron(0 0 ? * * *)'],
    ['24h', 'cron(0 0 ? * * *)'],
  ])('%s is %s', (every, expression) => {
    expect(nativeSchedule(every)).toBe(expression);
  });

  test.each(['15m', '5h', '2d'])('cannot be %s, and the message says what can', (every) => {
    expect(() => nativeSchedule(every)).toThrow('hourly, daily, or every 2, 3, 4, 6, 8 or 12 hours');
  });

  test('windows are offsets', () => {
    expect([offset('2d'), offset('90m')]).toEqual(['-PT48H', '-PT90M']);
  });
});
