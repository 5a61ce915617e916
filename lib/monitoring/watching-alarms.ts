import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { durationSeconds } from '@mooring/use-case/duration';
import { metricNames } from '../../contracts/metrics';
import { resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Construct } from 'constructs';
import { monitorMetric } from './drift-alarms';

/** CloudWatch evaluates a week at most. */
const longestEvaluation = 7 * 86_400;

/** Alarms about the watching itself: silence must not look like health. */
export function createWatchingAlarms(scope: Construct, useCase: UseCase, scheduleGroup: string): cloudwatch.Alarm[] {
  const { name, monitoring } = useCase;
  const periods = Math.max(1, Math.min(3, Math.floor(longestEvaluation / durationSeconds(monitoring.every))));
  const missing = (windows: number): string =>
    monitoring.source === 'batch'
      ? `No batch run wrote a row in ${windows} windows.`
      : `No request was captured in ${windows} windows. Capture may have stopped.`;
  return [
    new cloudwatch.Alarm(scope, 'NoData', {
      alarmName: resourceNames.metricAlarm(name, 'no-data'),
      alarmDescription: `${missing(periods)} See docs/operating.md#no-data`,
      metric: monitorMetric(name, 'data', metricNames.rows, monitoring.every, 'Maximum'),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      // Runs publish zero rows themselves; when no run publishes at all, one of the next two alarms rings.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }),
    new cloudwatch.Alarm(scope, 'MonitorFailed', {
      alarmName: resourceNames.metricAlarm(name, 'monitor-failed'),
      alarmDescription: 'A monitor run failed, so its window was not judged. See docs/operating.md#monitor-failed',
      metric: monitorMetric(name, 'data', metricNames.failures, monitoring.every, 'Sum'),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }),
    new cloudwatch.Alarm(scope, 'ScheduleFailed', {
      alarmName: resourceNames.metricAlarm(name, 'schedule-failed'),
      alarmDescription: 'A monitor run could not be started. See docs/operating.md#schedule-failed',
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Scheduler',
        metricName: 'TargetErrorCount',
        dimensionsMap: { ScheduleGroup: scheduleGroup },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }),
  ];
}
