/** States of an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
/** How periods without data count. */
export type TreatMissingData = (typeof treatments)[number];

export const comparisonOperators = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

export interface AlarmRule {
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
  /** N: most recent periods that count. */
  readonly evaluationPeriods: number;
  /** M: breaching ones among them that make an alarm. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
}

export interface Verdict {
  readonly state: AlarmState;
  /** Indexes into the series that decided, newest first. */
  readonly decisive: readonly number[];
  /** How many missing periods were counted by the treatment. */
  readonly filled: number;
}

/**
 * CloudWatch looks back further than the evaluation periods for data that takes the place of missing data. How far it
 * does not say in general; its published examples look two periods further, and so does this.
 */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

export function breaches(value: number, comparison: ComparisonOperator, threshold: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

/**
 * State of an alarm from its datapoints, as documented under "Configuring how CloudWatch alarms treat missing data".
 *
 * With at least N datapoints in the range the most recent N decide and missing ones do not matter. With fewer, all of
 * them count and the treatment fills the rest: as breaching, as not breaching, as the present state (`ignore`) or as
 * nothing (`missing`). When all data there is breaches but is fewer than M, the alarm still goes off once the oldest of
 * them is M periods old ("premature transitions").
 *
 * @param series values of the evaluation range, newest first; undefined where there is no data
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluateAlarm(rule: AlarmRule, series: readonly (number | undefined)[], current: AlarmState): Verdict {
  const real = series.flatMap((value, index) => (value === undefined ? [] : [index]));
  const decisive = real.slice(0, rule.evaluationPeriods);
  const breaching = decisive.filter((index) => breaches(series[index] ?? NaN, rule.comparison, rule.threshold)).length;
  const filled = rule.evaluationPeriods - decisive.length;
  const verdict = (state: AlarmState): Verdict => ({ state, decisive, filled });
  const decide = (count: number): Verdict => verdict(count >= rule.datapointsToAlarm ? 'ALARM' : 'OK');

  if (filled === 0 || rule.treatMissingData === 'notBreaching') return decide(breaching);
  if (rule.treatMissingData === 'breaching') return decide(breaching + filled);
  if (decisive.length === 0) return verdict(rule.treatMissingData === 'ignore' ? current : 'INSUFFICIENT_DATA');
  if (breaching >= rule.datapointsToAlarm) return verdict('ALARM');
  if (breaching < decisive.length) return verdict('OK');
  const oldest = (decisive.at(-1) ?? 0) + 1;
  return verdict(rule.treatMissingData === 'missing' && oldest >= rule.datapointsToAlarm ? 'ALARM' : current);
}
