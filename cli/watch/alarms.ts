import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { resourceNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Clients } from '../shared/clients';

/** The state of an alarm, with the value that caused it. */
export interface AlarmState {
  readonly name: string;
  readonly kind: 'metric' | 'composite';
  readonly state: string;
  readonly threshold?: number;
  readonly value?: number;
  readonly reason: string;
  readonly since?: Date;
}

/** Newest datapoint in an alarm's reason data. */
function valueOf(reasonData: string | undefined): number | undefined {
  if (reasonData === undefined) return undefined;
  const data = JSON.parse(reasonData) as { recentDatapoints?: readonly (number | null)[] };
  return data.recentDatapoints?.findLast((each) => each !== null) ?? undefined;
}

/** Alarms of a use case: metric alarms by name, then the composite. */
export async function readAlarms(clients: Clients, useCase: string): Promise<readonly AlarmState[]> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await clients.cloudwatch.send(
    new DescribeAlarmsCommand({
      AlarmNamePrefix: `${useCase}-`,
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
    }),
  );
  const metric = MetricAlarms.map((each) => ({
    name: each.AlarmName ?? '',
    kind: 'metric' as const,
    state: each.StateValue ?? '',
    threshold: each.Threshold,
    value: valueOf(each.StateReasonData),
    reason: each.StateReason ?? '',
    since: each.StateTransitionedTimestamp ?? each.StateUpdatedTimestamp,
  }));
  const composite = CompositeAlarms.map((each) => ({
    name: each.AlarmName ?? '',
    kind: 'composite' as const,
    state: each.StateValue ?? '',
    reason: each.StateReason ?? '',
    since: each.StateTransitionedTimestamp ?? each.StateUpdatedTimestamp,
  }));
  return [...metric.sort((a, b) => a.name.localeCompare(b.name)), ...composite];
}

/** Features whose drift alarm is firing, in the order of the use case. */
export function firingFeatures(useCase: UseCase, alarms: readonly AlarmState[]): readonly string[] {
  const firing = new Set(alarms.filter((each) => each.state === 'ALARM').map((each) => each.name));
  return useCase.monitoring.features
    .map((each) => each.name)
    .filter((name) => firing.has(resourceNames.featureAlarm(useCase.name, name)));
}
