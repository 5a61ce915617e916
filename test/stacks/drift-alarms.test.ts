import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { notifySettings } from '../../contracts/function-settings';
import { useCaseSchema } from '../../contracts/use-case';
import { createDriftAlarm, driftRules } from '../../lib/monitoring/drift-alarms';

const detectors = ['robust', 'psi', 'js', 'wasserstein', 'ks', 'chi2', 'classifier'] as const;
const useCase = useCaseSchema.parse({
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
});

describe('features with detectors but without thresholds', () => {
  test('have alarms at the default of each detector, below it for p-values', () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Alarms');
    for (const rule of driftRules(useCase)) createDriftAlarm(stack, rule, useCase.name);
    const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map((each) => {
      const { MetricName, ComparisonOperator, Threshold } = each['Properties'] as Record<string, unknown>;
      return [MetricName, ComparisonOperator, Threshold];
    });
    expect(alarms).toEqual([
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

  test('are told to people with their direction', () => {
    const { features } = notifySettings(useCase);
    const below = features.filter((each) => each.direction === 'below');
    expect(below.map((each) => each.name)).toEqual(['ks', 'chi2', 'prediction']);
  });
});
