import { messageOf, Unsupported } from '../../../core/errors';
import { bodies, body, isBody, optionalFlag, optionalNumber, optionalText, text } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { MetricAlarm, MetricQuery } from './alarm-record';
import { evaluateMath, type MathValue, type TimeSeries } from './math';
import type { Dimensions, MetricStore } from './metric-store';
import { type Aggregate, isStatistic, statistic } from './statistics';
import { invalidValue } from './wire-errors';

/** Dimensions from the API's list of Name and Value. */
export function dimensionsOf(input: Body): Dimensions {
  const dimensions = bodies(input, 'Dimensions');
  if (dimensions.length > 30)
    throw invalidValue(`'Dimensions' has ${dimensions.length} entries; at most 30 are allowed`);
  return Object.fromEntries(dimensions.map((each) => [text(each, 'Name'), text(each, 'Value')]));
}

/**
 * Queries as GetMetricData and PutMetricAlarm take them.
 *
 * @throws AwsError naming the query that is wrong
 */
export function metricQueries(input: Body, member: string): readonly MetricQuery[] {
  const queries = bodies(input, member).map(metricQuery);
  const ids = queries.map((each) => each.id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw invalidValue(`'${member}' has the Id '${repeated}' twice`);
  return queries;
}

function metricQuery(query: Body): MetricQuery {
  const id = text(query, 'Id');
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(id))
    throw invalidValue(`the Id '${id}' must start with a lower-case letter and hold letters, digits and _ only`);
  const shared = { id, label: optionalText(query, 'Label'), returnData: optionalFlag(query, 'ReturnData') ?? true };
  const expression = optionalText(query, 'Expression');
  if (expression !== undefined) {
    if (/^\s*(SEARCH\s*\(|SELECT\s|ANOMALY_DETECTION_BAND\s*\()/i.test(expression))
      throw new Unsupported(`the metric expression ${expression}`);
    return { ...shared, expression, period: optionalNumber(query, 'Period') };
  }
  if (!isBody(query.MetricStat)) throw invalidValue(`the query '${id}' must have either MetricStat or Expression`);
  const stat = body(query, 'MetricStat');
  const metric = body(stat, 'Metric');
  return {
    ...shared,
    period: checkedPeriod(optionalNumber(stat, 'Period')),
    stat: checkedStatistic(text(stat, 'Stat')),
    unit: optionalText(stat, 'Unit'),
    metric: {
      namespace: text(metric, 'Namespace'),
      name: text(metric, 'MetricName'),
      dimensions: dimensionsOf(metric),
    },
  };
}

export function checkedStatistic(name: string): string {
  if (!isStatistic(name))
    throw invalidValue(
      `'${name}' is not a statistic; use SampleCount, Average, Sum, Minimum, Maximum, p99 and the like`,
    );
  return name;
}

export function checkedPeriod(period: number | undefined): number {
  if (period === undefined) throw invalidValue("'Period' is missing; give seconds");
  if (![1, 5, 10, 20, 30].includes(period) && !(period >= 60 && period % 60 === 0))
    throw invalidValue(`'Period' is ${period}; allowed: 1, 5, 10, 20, 30 and multiples of 60 seconds`);
  return period;
}

/** A query's values over a range, by interval start. */
export interface QueryResult {
  readonly query: MetricQuery;
  readonly values: readonly TimeSeries[];
}

/**
 * Runs queries over `[start, end)`; every period counts from `start`.
 *
 * @throws AwsError ValidationError for an expression that is wrong or refers to itself
 */
export function runQueries(
  store: MetricStore,
  queries: readonly MetricQuery[],
  start: number,
  end: number,
): readonly QueryResult[] {
  const results = new Map<string, MathValue>();
  const open = new Set<string>();
  const gridPeriod = Math.min(...queries.flatMap((each) => each.period ?? []), 86_400);
  const intervals = Array.from(
    { length: Math.max(Math.ceil((end - start) / (gridPeriod * 1000)), 0) },
    (_, index) => start + index * gridPeriod * 1000,
  );
  const metrics = queries.filter((each) => each.metric !== undefined);

  const resolve = (id: string): MathValue => {
    const known = results.get(id);
    if (known !== undefined) return known;
    const query = queries.find((each) => each.id === id);
    if (query === undefined) throw invalidValue(`there is no query with the Id '${id}'`);
    if (open.has(id)) throw invalidValue(`the expression '${id}' refers to itself`);
    open.add(id);
    const value = query.metric === undefined ? compute(query) : metricSeries(store, query, start, end);
    open.delete(id);
    results.set(id, value);
    return value;
  };
  const compute = (query: MetricQuery): MathValue => {
    try {
      const series = (): { id: string; series: TimeSeries }[] =>
        metrics.map((each) => ({ id: each.id, series: resolve(each.id) as TimeSeries }));
      return evaluateMath(query.expression ?? '', {
        series: resolve,
        get metrics() {
          return series();
        },
        intervals,
        periodSeconds: query.period ?? gridPeriod,
      });
    } catch (error) {
      throw invalidValue(`the expression '${query.id}' is not valid: ${messageOf(error)}`);
    }
  };
  return queries.map((query) => ({ query, values: asSeries(resolve(query.id), intervals) }));
}

function metricSeries(store: MetricStore, query: MetricQuery, start: number, end: number): TimeSeries {
  const { metric, period = 60, stat = 'Average', unit } = query;
  if (metric === undefined) return new Map();
  return new Map(
    store.intervals(metric, start, end, period * 1000, unit).flatMap(([at, data]) => {
      const value = statistic(data, stat);
      return value === undefined ? [] : [[at, value] as const];
    }),
  );
}

function asSeries(value: MathValue, intervals: readonly number[]): readonly TimeSeries[] {
  if (typeof value === 'number') return [new Map(intervals.map((time) => [time, value]))];
  return Array.isArray(value) ? (value as readonly TimeSeries[]) : [value as TimeSeries];
}

/** What an alarm's metric was in each of its periods, that starts at one of `times`; empty for an alarm on an expression. */
export function samplesOf(
  metrics: MetricStore,
  { queries, period }: Pick<MetricAlarm, 'queries' | 'period'>,
  start: number,
  end: number,
  times: readonly number[],
): readonly (Aggregate | undefined)[] {
  const metric = queries.find((each) => each.returnData)?.metric;
  if (metric === undefined) return [];
  const found = new Map(metrics.intervals(metric, start, end, period * 1000).map(([at, data]) => [at, data]));
  return times.map((time) => found.get(time));
}
