import { evaluationRange, type AlarmState, type ComparisonOperator, type Verdict } from './alarm-evaluation';
import {
  dimensionList,
  stamp,
  type Alarm,
  type MetricAlarm,
  type MetricQuery,
  type StateRecord,
  type Suppression,
} from './alarm-record';
import type { Aggregate } from './statistics';

const comparisonWords: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Numbers the way CloudWatch writes them in reasons: with a decimal point. */
const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

/** Why an evaluation gave what it gave, as CloudWatch words it. `series` newest first, `times` the interval starts. */
export function alarmReason(
  alarm: MetricAlarm,
  verdict: Verdict,
  series: readonly (number | undefined)[],
  times: readonly number[],
): string {
  const { decisive, filled, state } = verdict;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${count(alarm.evaluationPeriods, 'datapoint')} ${alarm.evaluationPeriods === 1 ? 'was' : 'were'} unknown.`;
  if (decisive.length === 0) {
    const treated = alarm.treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${count(filled, 'period')} and ${count(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${treated}].`;
  }
  const points = decisive.map((index) => `${decimal(series[index] ?? NaN)} (${shortTime(times[index] ?? 0)})`);
  const not = state === 'OK' ? 'not ' : '';
  const verb = decisive.length === 1 ? 'was' : 'were';
  const transition = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  const needed = state === 'ALARM' ? alarm.datapointsToAlarm : alarm.evaluationPeriods - alarm.datapointsToAlarm + 1;
  return `Threshold Crossed: ${decisive.length} out of the last ${alarm.evaluationPeriods} datapoints [${points.join(', ')}] ${verb} ${not}${comparisonWords[alarm.comparison]} the threshold (${decimal(alarm.threshold)}) (minimum ${count(needed, 'datapoint')} for ${transition} transition).`;
}

function shortTime(milliseconds: number): string {
  const [year = '', month = '', day = '', time = ''] = new Date(milliseconds).toISOString().slice(0, 19).split(/[-T]/);
  return `${day}/${month}/${year.slice(2)} ${time}`;
}

/** The JSON text of StateReasonData. */
export function alarmReasonData(
  alarm: MetricAlarm,
  verdict: Verdict,
  series: readonly (number | undefined)[],
  times: readonly number[],
  now: number,
  samples: readonly (Aggregate | undefined)[],
): string {
  const oldest =
    times[
      Math.min(
        Math.max(alarm.evaluationPeriods, (verdict.decisive.at(-1) ?? 0) + 1),
        evaluationRange(alarm.evaluationPeriods),
      ) - 1
    ] ?? now;
  const stat = alarm.queries.find((each) => each.returnData)?.stat;
  return JSON.stringify({
    version: '1.0',
    queryDate: stamp(now),
    ...(verdict.decisive.length === 0 ? {} : { startDate: stamp(oldest) }),
    ...(stat === undefined ? {} : { statistic: stat }),
    period: alarm.period,
    recentDatapoints: verdict.decisive.map((index) => series[index]).reverse(),
    threshold: alarm.threshold,
    evaluatedDatapoints: Array.from({ length: alarm.evaluationPeriods }, (_, index) => ({
      timestamp: stamp(times[index] ?? now),
      ...(samples[index] === undefined ? {} : { sampleCount: samples[index].count }),
      ...(series[index] === undefined ? {} : { value: series[index] }),
    })),
  });
}

/** `detail` of a "CloudWatch Alarm State Change" event. */
export function alarmEventDetail(alarm: Alarm, previous: StateRecord): Readonly<Record<string, unknown>> {
  return {
    alarmName: alarm.name,
    state: stateDetail(alarm.state),
    previousState: stateDetail(previous),
    configuration: alarmConfiguration(alarm),
  };
}

const suppressionReasons: Readonly<Record<Suppression, string>> = {
  WaitPeriod: 'Actions suppressed by WaitPeriod',
  ExtensionPeriod: 'Actions suppressed by ExtensionPeriod',
  Alarm: 'Actions suppressed by Alarm',
};

export function stateDetail(state: StateRecord): Readonly<Record<string, unknown>> {
  const suppression = state.actionsSuppressedBy;
  return {
    value: state.value,
    reason: state.reason,
    ...(state.reasonData === undefined ? {} : { reasonData: state.reasonData }),
    timestamp: stamp(state.updatedAt),
    ...(suppression === undefined
      ? {}
      : { actionsSuppressedBy: suppression, actionsSuppressedReason: suppressionReasons[suppression] }),
  };
}

export function alarmConfiguration(alarm: Alarm): Readonly<Record<string, unknown>> {
  const description = alarm.description === undefined ? {} : { description: alarm.description };
  if (alarm.kind === 'metric') return { ...description, metrics: alarm.queries.map(queryDetail) };
  if (alarm.suppressor === undefined) return { ...description, alarmRule: alarm.rule };
  return {
    ...description,
    alarmRule: alarm.rule,
    actionsSuppressor: alarm.suppressor,
    actionsSuppressorWaitPeriod: alarm.waitPeriod,
    actionsSuppressorExtensionPeriod: alarm.extensionPeriod,
  };
}

function queryDetail({
  id,
  metric,
  period,
  stat,
  unit,
  expression,
  label,
  returnData,
}: MetricQuery): Readonly<Record<string, unknown>> {
  if (metric === undefined) return { id, expression, ...(label === undefined ? {} : { label }), returnData };
  return {
    id,
    metricStat: {
      metric: { namespace: metric.namespace, name: metric.name, dimensions: metric.dimensions },
      period,
      stat,
      ...(unit === undefined ? {} : { unit }),
    },
    returnData,
  };
}

/** The message an SNS action publishes. */
export function alarmMessage(
  alarm: Alarm,
  previous: AlarmState,
  accountId: string,
  regionName: string,
): { readonly subject: string; readonly message: string } {
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: stamp(alarm.configuredAt),
    NewStateValue: alarm.state.value,
    NewStateReason: alarm.state.reason,
    StateChangeTime: stamp(alarm.state.updatedAt),
    Region: regionName,
    AlarmArn: alarm.arn,
    OldStateValue: previous,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ...(alarm.kind === 'composite' ? compositeTrigger(alarm.rule, alarm.state) : { Trigger: metricTrigger(alarm) }),
  };
  return {
    subject: `${alarm.state.value}: "${alarm.name}" in ${regionName}`.slice(0, 100),
    message: JSON.stringify(message),
  };
}

function compositeTrigger(rule: string, state: StateRecord): Readonly<Record<string, unknown>> {
  const data = JSON.parse(state.reasonData ?? '{}') as {
    readonly triggeringAlarms?: readonly {
      readonly arn: string;
      readonly state: { readonly value: string; readonly timestamp: string };
    }[];
  };
  return {
    AlarmRule: rule,
    TriggeringChildren: (data.triggeringAlarms ?? []).map((each) => ({
      Arn: each.arn,
      State: { Value: each.state.value, Timestamp: each.state.timestamp },
    })),
  };
}

function metricTrigger(alarm: MetricAlarm): Readonly<Record<string, unknown>> {
  const query = alarm.queries.find((each) => each.returnData);
  const shared = {
    Period: alarm.period,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: alarm.evaluateLowSample ?? '',
  };
  if (!alarm.plain) return { ...shared, Metrics: alarm.queries.map(queryDetail) };
  return {
    MetricName: query?.metric?.name,
    Namespace: query?.metric?.namespace,
    StatisticType: 'Statistic',
    Statistic: query?.stat?.toUpperCase(),
    Unit: query?.unit ?? null,
    Dimensions: dimensionList(query?.metric?.dimensions ?? {}).map(({ Name, Value }) => ({ value: Value, name: Name })),
    ...shared,
  };
}
