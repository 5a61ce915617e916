import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UseCase } from '@mooring/use-case/use-case';
import { metricNamespaces } from '../../../../contracts/metrics';
import { monitorKinds, resourceNames, stackNames } from '../../../../contracts/names';
import { driftRules } from '../../../../lib/monitoring/drift-alarms';
import { nativeSchedule, offset } from '../../../../lib/monitoring/native/native-schedule';
import { testApp, testUseCases } from '../../../support/app';

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

  test('has the same alarms, and those about missing values, for which Model Monitor has no metric', () => {
    const isMissing = (each: unknown): boolean => JSON.stringify(each).includes('feature_missing_');
    expect(alarms(open).filter((each) => !isMissing(each))).toEqual(alarms(native));
    expect(alarms(open).filter(isMissing)).toHaveLength(2);
  });
});

describe('the role of a run of ours', () => {
  interface Statement {
    readonly Sid: string;
    readonly Action: string | readonly string[];
    readonly Resource: unknown;
    readonly Condition?: { readonly StringEquals?: Readonly<Record<string, unknown>> };
  }
  const statements = (kind: string): readonly Statement[] => {
    const policy = ofType(open, 'AWS::IAM::Policy').find(({ Properties }) =>
      String(Properties['PolicyName']).startsWith(`Monitor${kind}JobRole`),
    );
    return (policy?.Properties['PolicyDocument'] as { readonly Statement: readonly Statement[] }).Statement;
  };
  const reads = (kind: string): string[] => {
    const found = statements(kind).filter((each) => /^(Data|Artifacts)Get$/.test(each.Sid));
    return [...JSON.stringify(found).matchAll(/"\/(loans\/[^"]*)\/\*"/g)].map(([, prefix]) => prefix ?? '').sort();
  };

  test.each([
    ['data', ['loans/capture', 'loans/live/production', 'loans/monitoring/data']],
    ['quality', ['loans/capture', 'loans/ground-truth', 'loans/live/production', 'loans/monitoring/quality']],
    ['bias', ['loans/capture', 'loans/ground-truth', 'loans/live/production', 'loans/monitoring/bias']],
    ['explanations', ['loans/capture', 'loans/executions', 'loans/live/production', 'loans/monitoring/explanations']],
  ])('of kind %s reads %j', (kind, prefixes) => {
    expect(reads(kind)).toEqual(prefixes);
  });

  test.each(['data', 'quality', 'bias', 'explanations'] as const)(
    'of kind %s publishes its own metrics only',
    (kind) => {
      const [metrics] = statements(kind).filter((each) => each.Action === 'cloudwatch:PutMetricData');
      expect(metrics?.Condition?.StringEquals).toEqual({ 'cloudwatch:namespace': metricNamespaces[kind] });
    },
  );

  test('asks the registry for the live version only when it runs the model', () => {
    const asking = ['data', 'quality', 'bias', 'explanations'].filter((kind) =>
      statements(kind).some((each) => each.Action === 'sagemaker:DescribeModelPackage'),
    );
    expect(asking).toEqual(['explanations']);
  });
});

describe('the alarms of a ratio that is fair at 1', () => {
  test('lie on both sides of 1', () => {
    const [loans] = testUseCases();
    if (loans === undefined) throw new Error('the test use case loans is gone');
    const bias = { every: '1d', metric: 'DI', max: 0.2 } as const;
    const rules = driftRules({ ...loans.useCase, monitoring: { ...loans.useCase.monitoring, bias } });
    expect(rules.filter((each) => each.kind === 'bias').map((each) => [each.id, each.threshold])).toEqual([
      ['BiasHigh', 1.2],
      ['BiasLow', 0.8],
    ]);
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
