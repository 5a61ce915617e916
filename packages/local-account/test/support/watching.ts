import {
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import type { EventSide } from './event-side';

/** What tests of alarms and metrics do and look at. @param side of the test that runs */
export function watching(side: () => EventSide) {
  return {
    state: (name: string): string | undefined => side().account.parts.peer('alarms').stateOf(name),
    changes: (name: string): readonly string[] =>
      side()
        .traces('alarm.changed')
        .filter((each) => each.alarm === name)
        .map((each) => each.to),
    value: (MetricName: string, Value: number): Promise<unknown> =>
      side().clients.cloudwatch.send(
        new PutMetricDataCommand({ Namespace: 'test', MetricData: [{ MetricName, Value }] }),
      ),
    /** An hourly alarm on the average of the metric of its name, above 1. */
    alarm: (name: string, more: Partial<PutMetricAlarmCommandInput> = {}): Promise<unknown> =>
      side().clients.cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: name,
          Namespace: 'test',
          MetricName: name,
          Statistic: 'Average',
          Period: 3600,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'notBreaching',
          ...more,
        }),
      ),
  };
}
