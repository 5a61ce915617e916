import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { durationSeconds } from '@mooring/use-case/duration';
import { metricDimensions, metricNames, metricNamespaces } from '../../contracts/metrics';
import { resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';

/** Alarms about ground truth: too little of it, or too late. Without it nobody knows how good the model is. */
export function createLabelAlarms(scope: Construct, { name, labels }: UseCase): cloudwatch.Alarm[] {
  if (labels === undefined) return [];
  const metric = (metricName: string): cloudwatch.Metric =>
    new cloudwatch.Metric({
      namespace: metricNamespaces.quality,
      metricName,
      dimensionsMap: {
        [metricDimensions.endpoint]: resourceNames.endpoint(name),
        [metricDimensions.schedule]: resourceNames.labelSchedule(name),
      },
      statistic: 'Average',
      period: Duration.seconds(durationSeconds(labels.every)),
    });
  // Without rows that are old enough nothing is published, and that is no news.
  const common = {
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  } as const;
  const coverage = new cloudwatch.Alarm(scope, 'LabelCoverage', {
    ...common,
    alarmName: resourceNames.metricAlarm(name, 'label-coverage'),
    alarmDescription: `Fewer than ${labels.min_coverage * 100} % of the predictions older than ${labels.expected_within} have a label. See docs/operating.md#label-coverage`,
    metric: metric(metricNames.labelCoverage),
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: labels.min_coverage,
  });
  if (labels.max_lag === undefined) return [coverage];
  const lag = new cloudwatch.Alarm(scope, 'LabelLag', {
    ...common,
    alarmName: resourceNames.metricAlarm(name, 'label-lag'),
    alarmDescription: `More than 5 % of the labels take longer than ${labels.max_lag}. See docs/operating.md#label-lag`,
    metric: metric(metricNames.labelLag),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: durationSeconds(labels.max_lag),
  });
  return [coverage, lag];
}
