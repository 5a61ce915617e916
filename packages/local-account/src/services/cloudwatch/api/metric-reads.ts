import type { Clock } from '../../../core/clock';
import { bodies, optionalInstant, optionalNumber, optionalText, text, textList } from '../../../core/input';
import { AwsMap, type Body } from '../../../core/service';
import { dimensionList } from '../runtime/alarm-record';
import type { MetricStore } from '../runtime/metric-store';
import { paged } from './paging';
import { checkedPeriod, checkedStatistic, dimensionsOf, metricQueries, runQueries } from '../runtime/queries';
import { simpleStatistics, statistic } from '../runtime/statistics';
import { invalidCombination, invalidValue } from '../runtime/wire-errors';

/** What can be asked about metrics: their values, and which there are. */
export class MetricReads {
  constructor(
    private readonly metrics: MetricStore,
    private readonly clock: Clock,
  ) {}

  getStatistics(input: Body): Body {
    const [start, end] = range(input);
    const period = checkedPeriod(optionalNumber(input, 'Period'));
    const statistics = textList(input, 'Statistics');
    const extended = textList(input, 'ExtendedStatistics').map(checkedStatistic);
    const unknown = statistics.filter((each) => !simpleStatistics.includes(each));
    if (unknown.length > 0)
      throw invalidValue(`'Statistics' has ${unknown.join(', ')}; allowed: ${simpleStatistics.join(', ')}`);
    if (statistics.length + extended.length === 0)
      throw invalidCombination("one of 'Statistics' and 'ExtendedStatistics' is needed");
    if ((end - start) / (period * 1000) > 1440)
      throw invalidCombination(
        `You have requested up to ${Math.ceil((end - start) / (period * 1000))} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    const metric = {
      namespace: text(input, 'Namespace'),
      name: text(input, 'MetricName'),
      dimensions: dimensionsOf(input),
    };
    const unit = optionalText(input, 'Unit');
    const points = this.metrics.intervals(metric, start, end, period * 1000, unit).map(([at, data, stored]) => ({
      Timestamp: new Date(at),
      ...Object.fromEntries(statistics.map((name) => [name, statistic(data, name)])),
      ...(extended.length === 0
        ? {}
        : {
            ExtendedStatistics: new AwsMap(Object.fromEntries(extended.map((name) => [name, statistic(data, name)]))),
          }),
      Unit: stored,
    }));
    return { Label: metric.name, Datapoints: points };
  }

  getData(input: Body): Body {
    const [start, end] = range(input);
    const queries = metricQueries(input, 'MetricDataQueries');
    if (queries.length === 0) throw invalidCombination("'MetricDataQueries' is empty");
    const ascending = optionalText(input, 'ScanBy') === 'TimestampAscending';
    const results = runQueries(this.metrics, queries, start, end).flatMap(({ query, values }) => {
      if (!query.returnData) return [];
      return values.map((series, index) => {
        const points = [...series].sort(([a], [b]) => (ascending ? a - b : b - a));
        return {
          Id: query.id,
          Label: query.label ?? query.metric?.name ?? (values.length > 1 ? `${query.id} ${index}` : query.id),
          Timestamps: points.map(([at]) => new Date(at)),
          Values: points.map(([, value]) => value),
          StatusCode: 'Complete',
        };
      });
    });
    return { MetricDataResults: results, Messages: [] };
  }

  listMetrics(input: Body): Body {
    const [namespace, name] = [optionalText(input, 'Namespace'), optionalText(input, 'MetricName')];
    const filters = bodies(input, 'Dimensions').map((each) => ({
      name: text(each, 'Name'),
      value: optionalText(each, 'Value'),
    }));
    const recent = optionalText(input, 'RecentlyActive') === 'PT3H' ? this.clock.now().getTime() - 3 * 3_600_000 : 0;
    const found = this.metrics
      .metrics()
      .filter(
        (each) =>
          (namespace === undefined || each.namespace === namespace) &&
          (name === undefined || each.name === name) &&
          each.latest >= recent &&
          filters.every(
            (filter) =>
              filter.name in each.dimensions &&
              (filter.value === undefined || each.dimensions[filter.name] === filter.value),
          ),
      );
    const { page, next } = paged(found, input, 500);
    return {
      Metrics: page.map((each) => ({
        Namespace: each.namespace,
        MetricName: each.name,
        Dimensions: dimensionList(each.dimensions),
      })),
      NextToken: next,
    };
  }
}

/** Milliseconds, the beginning on a full minute. */
function range(input: Body): readonly [number, number] {
  const [start, end] = [optionalInstant(input, 'StartTime'), optionalInstant(input, 'EndTime')];
  if (start === undefined || end === undefined) throw invalidValue("'StartTime' and 'EndTime' are needed");
  if (end <= start) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  return [Math.floor(start.getTime() / 60_000) * 60_000, end.getTime()];
}
