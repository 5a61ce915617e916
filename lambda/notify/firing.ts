import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { resourceNames } from '../../contracts/names';
import type { Context } from './context';

/** A monitored feature whose alarm is firing. */
export interface FiringFeature {
  readonly name: string;
  readonly value?: number;
  readonly threshold: number;
  /** `below`: the value is a p-value, and drift is a small one. */
  readonly direction: 'above' | 'below';
  readonly since?: string;
}

/** Features that are in alarm, in the order of the use case. */
export async function firingFeatures({ cloudwatch, useCase, settings }: Context): Promise<FiringFeature[]> {
  const names = settings.features.map((each) => resourceNames.featureAlarm(useCase, each.name));
  if (names.length === 0) return [];
  const { MetricAlarms: alarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: names, AlarmTypes: ['MetricAlarm'], StateValue: 'ALARM', MaxRecords: 100 }),
  );
  return settings.features.flatMap(({ name, threshold, direction }) => {
    const alarm = alarms.find((each) => each.AlarmName === resourceNames.featureAlarm(useCase, name));
    if (alarm === undefined) return [];
    const since = (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString();
    return [{ name, threshold: alarm.Threshold ?? threshold, direction, value: newestValue(alarm), since }];
  });
}

function newestValue({ StateReasonData: data }: MetricAlarm): number | undefined {
  if (data === undefined) return undefined;
  const { recentDatapoints = [] } = JSON.parse(data) as { readonly recentDatapoints?: readonly (number | null)[] };
  return recentDatapoints.findLast((each) => each !== null) ?? undefined;
}
