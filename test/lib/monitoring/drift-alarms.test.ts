import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { notifySettings } from '../../../contracts/function-settings';
import { useCaseSchema } from '@mooring/use-case/use-case';
import { durationSeconds } from '@mooring/use-case/duration';
import { createDriftAlarm, driftRules } from '../../../lib/monitoring/drift-alarms';
import { runLimits } from '../../../lib/training/scheduled-job';

const detectors = ['robust', 'psi', 'js', 'wasserstein', 'ks', 'chi2', 'classifier'] as const;
const document = {
  name: 'tides',
  title: 'Tides',
  purpose: 'Has one feature for each detector.',
  task: 'regression',
  dataset: { columns: [...detectors, 'level'].map((name) => ({ name, type: 'number' })), label: 'level' },
  gates: { quality: { metric: 'rmse', bound: 1 } },
  monitoring: {
    features: [
      ...detectors.map((name) => (name === 'robust' ? { name } : { name, detector: name })),
      { name: 'prediction', detector: 'ks' },
    ],
  },
};
const useCase = useCaseSchema.parse(document);

describe('features with detectors but without thresholds', () => {
  test('have alarms at the default of each detector, below it for p-values', () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Alarms');
    for (const rule of driftRules(useCase)) createDriftAlarm(stack, rule, useCase);
    const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map((each) => {
      const { MetricName, ComparisonOperator, Threshold } = each['Properties'] as Record<string, unknown>;
      return [MetricName, ComparisonOperator, Threshold];
    });
    const drift = alarms.filter(([name]) => String(name).startsWith('feature_baseline_drift_'));
    const missing = alarms.filter(([name]) => String(name).startsWith('feature_missing_'));
    // The model's answers have no completeness of their own.
    expect(missing).toEqual(detectors.map((name) => [`feature_missing_${name}`, 'GreaterThanThreshold', 0]));
    expect(drift).toEqual([
      ['feature_baseline_drift_robust', 'GreaterThanThreshold', 0.1],
      ['feature_baseline_drift_psi', 'GreaterThanThreshold', 0.2],
      ['feature_baseline_drift_js', 'GreaterThanThreshold', 0.1],
      ['feature_baseline_drift_wasserstein', 'GreaterThanThreshold', 0.1],
      ['feature_baseline_drift_ks', 'LessThanThreshold', 0.05],
      ['feature_baseline_drift_chi2', 'LessThanThreshold', 0.05],
      ['feature_baseline_drift_classifier', 'GreaterThanThreshold', 0.1],
      ['feature_baseline_drift_prediction', 'LessThanThreshold', 0.05],
    ]);
  });

  test('are sent to people with their direction', () => {
    const { features } = notifySettings(useCase);
    const below = features.filter((each) => each.direction === 'below');
    expect(below.map((each) => each.name)).toEqual(['ks', 'chi2', 'prediction']);
  });
});

describe('an alarm of the last windows', () => {
  const watched = useCaseSchema.parse({
    ...document,
    monitoring: {
      every: '6h',
      alarm: { datapoints: 2, windows: 3 },
      features: [{ name: 'robust', band: 3 }, { name: 'ks', detector: 'ks', band: 2 }, { name: 'js' }],
    },
  });
  const stack = new Stack(new App({ analyticsReporting: false }), 'Alarms');
  for (const rule of driftRules(watched)) createDriftAlarm(stack, rule, watched);
  const template = Template.fromStack(stack);

  test('fires when M of N are out of bounds, over periods as long as the cadence', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::CloudWatch::Alarm')))
      expect(Properties).toMatchObject({ DatapointsToAlarm: 2, EvaluationPeriods: 3, TreatMissingData: 'ignore' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'tides-drift-js', Period: 21_600 });
  });

  test('has a band of usual values where the use case asks for one, on the side that is worse', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'tides-drift-robust',
      ComparisonOperator: 'GreaterThanUpperThreshold',
      ThresholdMetricId: Match.anyValue(),
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: Match.stringLikeRegexp('ANOMALY_DETECTION_BAND\\(.*, 3\\)') }),
      ]),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'tides-drift-ks',
      ComparisonOperator: 'LessThanLowerThreshold',
    });
  });

  test.each([
    [{ alarm: { datapoints: 3, windows: 2 } }, '3 of 2 windows cannot be; allowed: at most 2'],
    [
      { every: '1d', alarm: { windows: 8 } },
      '8 windows of monitoring.every are longer than an alarm may look back; allowed: at most 7',
    ],
    [{ every: '15m', alarm: { windows: 97 } }, 'allowed: at most 96'],
    [{ every: '4m' }, 'may be 5m at least, because a run must end before the next one starts'],
    [
      { alarm: { windows: 5 }, quality: { metric: 'rmse', bound: 1, every: '2d' } },
      '5 windows of monitoring.quality.every are longer than an alarm may look back; allowed: at most 3',
    ],
  ])('is refused when it cannot be: %j', (monitoring, message) => {
    const parsed = useCaseSchema.safeParse({ ...document, monitoring });
    expect(parsed.error?.issues.map((each) => each.message).join()).toContain(message);
  });
});

describe('the runs of a schedule', () => {
  test.each(['5m', '15m', '1h', '6h', '1d', '7d'])('every %s never overlap', (every) => {
    const { starting, running } = runLimits(every);
    const cadence = durationSeconds(every);
    expect(starting + running + Math.floor(cadence / 4)).toBeLessThanOrEqual(cadence);
    expect(starting).toBeGreaterThanOrEqual(60);
    expect(running).toBeGreaterThanOrEqual(150);
  });

  test('take half an hour at most, however rare they are', () => {
    expect(runLimits('1d')).toEqual({ starting: 1_800, running: 1_800 });
    expect(runLimits('15m')).toEqual({ starting: 225, running: 450 });
  });
});
