import { messageOf, Unsupported } from '../../../core/errors';
import { bodies, list, optionalFlag, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { Body } from '../../../core/service';
import { tagMap } from '../../shared/tags';
import {
  comparisonOperators,
  treatments,
  type ComparisonOperator,
  type TreatMissingData,
} from '../runtime/alarm-evaluation';
import type { CompositeAlarm, MetricAlarm, MetricQuery } from '../runtime/alarm-record';
import { parseAlarmRule } from '../runtime/composite-rule';
import { parseExpression } from '../runtime/math-parser';
import { checkedPeriod, checkedStatistic, dimensionsOf, metricQueries } from '../runtime/queries';
import { invalidCombination, invalidValue } from '../runtime/wire-errors';

type Settings<T> = Omit<T, 'arn' | 'state' | 'configuredAt'>;

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T =>
  (values as readonly string[]).includes(value);

/** What PutMetricAlarm carries, checked. @throws AwsError in CloudWatch's words, Unsupported by name. */
export function metricAlarmSettings(input: Body): Settings<MetricAlarm> {
  for (const member of ['ThresholdMetricId', 'EvaluationCriteria'])
    if (input[member] !== undefined)
      throw new Unsupported(`${member} of an alarm (anomaly detection and query alarms)`);
  const comparison = text(input, 'ComparisonOperator');
  if (!isOneOf<ComparisonOperator>(comparisonOperators, comparison)) {
    if (/LowerOrGreaterThan|LessThanLower|GreaterThanUpper/.test(comparison))
      throw new Unsupported(`the comparison ${comparison} (anomaly detection)`);
    throw invalidValue(`'ComparisonOperator' is '${comparison}'; allowed: ${comparisonOperators.join(', ')}`);
  }
  const threshold = optionalNumber(input, 'Threshold');
  if (threshold === undefined) throw invalidValue("'Threshold' is missing");
  const evaluationPeriods = positive(input, 'EvaluationPeriods');
  if (evaluationPeriods === undefined) throw invalidValue("'EvaluationPeriods' is missing");
  const datapoints = positive(input, 'DatapointsToAlarm');
  if (datapoints !== undefined && datapoints > evaluationPeriods)
    throw invalidValue(
      `'DatapointsToAlarm' (${datapoints}) must not exceed 'EvaluationPeriods' (${evaluationPeriods})`,
    );
  const treatment = optionalText(input, 'TreatMissingData');
  if (treatment !== undefined && !isOneOf<TreatMissingData>(treatments, treatment))
    throw invalidValue(`'TreatMissingData' is '${treatment}'; allowed: ${treatments.join(', ')}`);
  const plain = input.MetricName !== undefined;
  const queries = plain ? [plainQuery(input)] : alarmQueries(input);
  const period = Math.max(...queries.flatMap((each) => each.period ?? []));
  if (period * evaluationPeriods > 7 * 86_400 || (period < 3_600 && period * evaluationPeriods > 86_400))
    throw invalidValue(
      `'EvaluationPeriods' times 'Period' is ${period * evaluationPeriods} s; at most one day, or seven days for periods of an hour and more`,
    );
  return {
    ...commonSettings(input),
    kind: 'metric',
    queries,
    plain,
    period,
    evaluationPeriods,
    datapointsToAlarm: datapoints ?? evaluationPeriods,
    explicitDatapoints: datapoints !== undefined,
    threshold,
    comparison,
    treatMissingData: treatment ?? 'missing',
    explicitTreatment: treatment !== undefined,
    evaluateLowSample: optionalText(input, 'EvaluateLowSampleCountPercentile'),
  };
}

/** What PutCompositeAlarm carries, checked. */
export function compositeAlarmSettings(input: Body): Settings<CompositeAlarm> {
  const rule = text(input, 'AlarmRule');
  try {
    parseAlarmRule(rule);
  } catch (error) {
    throw invalidValue(messageOf(error));
  }
  const suppressor = optionalText(input, 'ActionsSuppressor');
  const [waitPeriod, extensionPeriod] = [
    optionalNumber(input, 'ActionsSuppressorWaitPeriod'),
    optionalNumber(input, 'ActionsSuppressorExtensionPeriod'),
  ];
  if (suppressor !== undefined && (waitPeriod === undefined || extensionPeriod === undefined))
    throw invalidCombination(
      "'ActionsSuppressor' needs 'ActionsSuppressorWaitPeriod' and 'ActionsSuppressorExtensionPeriod'",
    );
  return { ...commonSettings(input), kind: 'composite', rule, suppressor, waitPeriod, extensionPeriod };
}

function commonSettings(
  input: Body,
): Pick<
  MetricAlarm,
  'name' | 'description' | 'actionsEnabled' | 'alarmActions' | 'okActions' | 'insufficientDataActions' | 'tags'
> {
  const actions = (member: string): readonly string[] => textList(input, member).map(checkedAction);
  return {
    name: text(input, 'AlarmName'),
    description: optionalText(input, 'AlarmDescription'),
    actionsEnabled: optionalFlag(input, 'ActionsEnabled') ?? true,
    alarmActions: actions('AlarmActions'),
    okActions: actions('OKActions'),
    insufficientDataActions: actions('InsufficientDataActions'),
    tags: tagMap(list(input, 'Tags')),
  };
}

function checkedAction(arn: string): string {
  if (/^arn:aws[a-z-]*:(sns|lambda|autoscaling):/.test(arn)) return arn;
  if (/^arn:aws[a-z-]*:(automate|swf|ssm|ssm-incidents|aiops|states):/.test(arn))
    throw new Unsupported(`the alarm action ${arn}`, 'SNS topics, Lambda functions and scaling policies are');
  throw invalidValue(`Invalid action ARN: ${arn}`);
}

function plainQuery(input: Body): MetricQuery {
  if (bodies(input, 'Metrics').length > 0) throw invalidCombination("an alarm has either 'MetricName' or 'Metrics'");
  const [simple, extended] = [optionalText(input, 'Statistic'), optionalText(input, 'ExtendedStatistic')];
  const stat = simple ?? extended;
  if (stat === undefined || (simple !== undefined && extended !== undefined))
    throw invalidCombination("an alarm on a metric needs one of 'Statistic' and 'ExtendedStatistic'");
  return {
    id: 'm1',
    returnData: true,
    period: checkedPeriod(optionalNumber(input, 'Period')),
    stat: checkedStatistic(stat),
    unit: optionalText(input, 'Unit'),
    metric: { namespace: text(input, 'Namespace'), name: text(input, 'MetricName'), dimensions: dimensionsOf(input) },
  };
}

function alarmQueries(input: Body): readonly MetricQuery[] {
  const queries = metricQueries(input, 'Metrics');
  if (queries.length === 0) throw invalidCombination("an alarm needs 'MetricName' or 'Metrics'");
  if (queries.filter((each) => each.returnData).length !== 1)
    throw invalidValue("exactly one element of 'Metrics' must return data");
  if (queries.every((each) => each.period === undefined))
    throw new Unsupported('alarms on expressions without any metric and Period');
  for (const { id, expression } of queries) {
    if (expression === undefined) continue;
    try {
      parseExpression(expression);
    } catch (error) {
      throw invalidValue(`the expression '${id}' is not valid: ${messageOf(error)}`);
    }
  }
  return queries;
}

function positive(input: Body, member: string): number | undefined {
  const value = optionalNumber(input, member);
  if (value !== undefined && (!Number.isInteger(value) || value < 1))
    throw invalidValue(`'${member}' is ${value}; a whole number from 1 is needed`);
  return value;
}
