import type { Body } from '../../../core/service';
import type { AlarmState, ComparisonOperator, TreatMissingData } from './alarm-evaluation';
import type { Dimensions } from './metric-store';

/** The state of an alarm and why. Times in milliseconds. */
export interface StateRecord {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON text. */
  readonly reasonData?: string;
  readonly updatedAt: number;
  /** When the value became what it is. */
  readonly since: number;
  readonly actionsSuppressedBy?: Suppression;
  /** When a wait or extension period ends. */
  readonly suppressedUntil?: number;
}
export type Suppression = 'WaitPeriod' | 'ExtensionPeriod' | 'Alarm';

/** One metric or expression of an alarm or of GetMetricData. */
export interface MetricQuery {
  readonly id: string;
  readonly expression?: string;
  readonly label?: string;
  readonly returnData: boolean;
  readonly period?: number;
  readonly metric?: { readonly namespace: string; readonly name: string; readonly dimensions: Dimensions };
  readonly stat?: string;
  readonly unit?: string;
}

interface Common {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly actionsEnabled: boolean;
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly configuredAt: number;
  readonly state: StateRecord;
}

export interface MetricAlarm extends Common {
  readonly kind: 'metric';
  readonly queries: readonly MetricQuery[];
  /** Whether it was put with MetricName rather than Metrics. */
  readonly plain: boolean;
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** Whether DatapointsToAlarm was given. */
  readonly explicitDatapoints: boolean;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
  readonly treatMissingData: TreatMissingData;
  readonly explicitTreatment: boolean;
  readonly evaluateLowSample?: string;
}

export interface CompositeAlarm extends Common {
  readonly kind: 'composite';
  readonly rule: string;
  /** Name or ARN. */
  readonly suppressor?: string;
  readonly waitPeriod?: number;
  readonly extensionPeriod?: number;
}

export type Alarm = MetricAlarm | CompositeAlarm;

/** ISO-8601 the way CloudWatch writes it inside events and reason data. */
export const stamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '+0000');

const date = (milliseconds: number): Date => new Date(milliseconds);

function common(alarm: Alarm): Body {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: date(alarm.configuredAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: alarm.state.value,
    StateReason: alarm.state.reason,
    StateReasonData: alarm.state.reasonData,
    StateUpdatedTimestamp: date(alarm.state.updatedAt),
    StateTransitionedTimestamp: date(alarm.state.since),
  };
}

/** An alarm as DescribeAlarms answers it. */
export function describedAlarm(alarm: Alarm): Body {
  if (alarm.kind === 'composite')
    return {
      ...common(alarm),
      AlarmRule: alarm.rule,
      ActionsSuppressor: alarm.suppressor,
      ActionsSuppressorWaitPeriod: alarm.waitPeriod,
      ActionsSuppressorExtensionPeriod: alarm.extensionPeriod,
      ActionsSuppressedBy: alarm.state.actionsSuppressedBy,
    };
  return {
    ...common(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.explicitDatapoints ? alarm.datapointsToAlarm : undefined,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.explicitTreatment ? alarm.treatMissingData : undefined,
    EvaluateLowSampleCountPercentile: alarm.evaluateLowSample,
    ...(alarm.plain ? plainMetric(alarm) : { Metrics: alarm.queries.map(describedQuery) }),
  };
}

function plainMetric({ queries: [query], period }: MetricAlarm): Body {
  const extended =
    query?.stat !== undefined && !['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'].includes(query.stat);
  return {
    Namespace: query?.metric?.namespace,
    MetricName: query?.metric?.name,
    Dimensions: dimensionList(query?.metric?.dimensions ?? {}),
    Period: period,
    [extended ? 'ExtendedStatistic' : 'Statistic']: query?.stat,
    Unit: query?.unit,
  };
}

export function describedQuery(query: MetricQuery): Body {
  const { metric } = query;
  return {
    Id: query.id,
    Label: query.label,
    ReturnData: query.returnData,
    ...(metric === undefined
      ? { Expression: query.expression, Period: query.period }
      : {
          MetricStat: {
            Metric: {
              Namespace: metric.namespace,
              MetricName: metric.name,
              Dimensions: dimensionList(metric.dimensions),
            },
            Period: query.period,
            Stat: query.stat,
            Unit: query.unit,
          },
        }),
  };
}

export const dimensionList = (dimensions: Dimensions): readonly Body[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
