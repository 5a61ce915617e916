import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type MonitorKind, resourceNames } from '../../contracts/names';
import { answerNames } from '@mooring/use-case/drift-detectors';
import type { Context } from './context';

/** Something watched whose alarm is firing. */
export interface Firing {
  /** A monitored feature, or what a further monitor measures. */
  readonly name: string;
  readonly kind: MonitorKind;
  readonly value?: number;
  readonly threshold: number;
  /** Where the bound is broken; `below` for p-values and scores. */
  readonly direction: 'above' | 'below';
  readonly since?: string;
  /** Whether values are missing, rather than distributed in another way. */
  readonly missing?: true;
}

/** CloudWatch describes so many alarms at once. */
const mostNames = 100;

/** What is in alarm: features in the order of the use case, then what the further monitors watch. */
export async function whatFires({ cloudwatch, useCase, settings }: Context): Promise<Firing[]> {
  const watched = [
    ...settings.features.map((each) => ({
      ...each,
      kind: 'data' as const,
      alarm: resourceNames.featureAlarm(useCase, each.name),
      missing: undefined,
    })),
    ...settings.features
      .filter(({ name }) => !answerNames.includes(name))
      .map(({ name }) => ({
        name,
        threshold: 0,
        direction: 'above' as const,
        kind: 'data' as const,
        alarm: resourceNames.missingAlarm(useCase, name),
        missing: true as const,
      })),
    ...settings.bounds.map(({ what, alarm, ...each }) => ({
      ...each,
      name: what,
      alarm: resourceNames.metricAlarm(useCase, alarm),
      missing: undefined,
    })),
  ];
  const alarms: MetricAlarm[] = [];
  for (let start = 0; start < watched.length; start += mostNames) {
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: watched.slice(start, start + mostNames).map((each) => each.alarm),
        AlarmTypes: ['MetricAlarm'],
        StateValue: 'ALARM',
        MaxRecords: mostNames,
      }),
    );
    alarms.push(...MetricAlarms);
  }
  return watched.flatMap(({ name, kind, threshold, direction, missing, alarm: alarmName }) => {
    const alarm = alarms.find((each) => each.AlarmName === alarmName);
    if (alarm === undefined) return [];
    const since = (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString();
    const value = newestValue(alarm);
    return [
      {
        name,
        kind,
        threshold: alarm.Threshold ?? threshold,
        direction,
        value,
        since,
        ...(missing === undefined ? {} : { missing }),
      },
    ];
  });
}

/** Whether an alarm of the use case is in ALARM. */
export async function rings({ cloudwatch, useCase }: Context, end: string): Promise<boolean> {
  const { MetricAlarms: alarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [resourceNames.metricAlarm(useCase, end)], AlarmTypes: ['MetricAlarm'] }),
  );
  return alarms.some((each) => each.StateValue === 'ALARM');
}

function newestValue({ StateReasonData: data }: MetricAlarm): number | undefined {
  if (data === undefined) return undefined;
  const { recentDatapoints = [] } = JSON.parse(data) as { readonly recentDatapoints?: readonly (number | null)[] };
  return recentDatapoints.findLast((each) => each !== null) ?? undefined;
}
