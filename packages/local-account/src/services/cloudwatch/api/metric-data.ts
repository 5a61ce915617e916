import { bodies, list, optionalInstant, optionalNumber, optionalText, text } from '../../../core/input';
import type { Body } from '../../../core/service';
import type { Datum } from '../runtime/metric-store';
import { dimensionsOf } from '../runtime/queries';
import type { Aggregate } from '../runtime/statistics';
import { invalidCombination, invalidValue } from '../runtime/wire-errors';

const day = 86_400_000;

/**
 * The data of a PutMetricData call.
 *
 * @param now milliseconds, virtual
 * @throws AwsError for what CloudWatch refuses: infinite values, more than 1,000 data or 150 values, times too far off
 */
export function metricData(input: Body, now: number): readonly Datum[] {
  const namespace = text(input, 'Namespace');
  const data = bodies(input, 'MetricData');
  if (input.EntityMetricData !== undefined)
    throw invalidValue("'EntityMetricData' is not supported by the local account; put the same data as 'MetricData'");
  if (data.length === 0 || data.length > 1_000)
    throw invalidValue(`'MetricData' has ${data.length} elements; 1 to 1000 are allowed`);
  return data.map((each) => {
    const name = text(each, 'MetricName');
    const time = optionalInstant(each, 'Timestamp')?.getTime() ?? now;
    if (time < now - 14 * day || time > now + 7_200_000)
      throw invalidValue(
        `the Timestamp of '${name}' (${new Date(time).toISOString()}) must lie within the last two weeks and the next two hours; it is ${new Date(now).toISOString()}`,
      );
    return {
      namespace,
      name,
      dimensions: dimensionsOf(each),
      time,
      unit: optionalText(each, 'Unit') ?? 'None',
      resolution: optionalNumber(each, 'StorageResolution') === 1 ? 1 : 60,
      data: aggregateOf(each, name),
    };
  });
}

function aggregateOf(datum: Body, name: string): Aggregate {
  const given = ['Value', 'Values', 'StatisticValues'].filter(
    (member) => datum[member] !== undefined && datum[member] !== '',
  );
  if (given.length !== 1) throw invalidCombination(`'${name}' must have one of Value, Values and StatisticValues`);
  if (given[0] === 'StatisticValues') return statisticSet(datum.StatisticValues as Body, name);
  const values =
    given[0] === 'Value'
      ? [finite(optionalNumber(datum, 'Value'), name)]
      : list(datum, 'Values').map((value) => finite(Number(value), name));
  const counts = list(datum, 'Counts').map(Number);
  if (values.length === 0 || values.length > 150)
    throw invalidValue(`'${name}' has ${values.length} values; 1 to 150 are allowed`);
  if (counts.length > 0 && counts.length !== values.length)
    throw invalidValue(
      `'${name}' has ${values.length} Values and ${counts.length} Counts; the numbers must be the same`,
    );
  const pairs = values.map((value, index) => [value, counts[index] ?? 1] as const);
  return {
    count: pairs.reduce((total, [, count]) => total + count, 0),
    sum: pairs.reduce((total, [value, count]) => total + value * count, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    values: pairs,
  };
}

function statisticSet(set: Body, name: string): Aggregate {
  const member = (key: string): number => finite(optionalNumber(set, key), `${name}.${key}`);
  return {
    count: member('SampleCount'),
    sum: member('Sum'),
    min: member('Minimum'),
    max: member('Maximum'),
    values: [],
  };
}

function finite(value: number | undefined, name: string): number {
  if (value === undefined || !Number.isFinite(value))
    throw invalidValue(`the value of '${name}' must be a finite number; NaN and infinities are not supported`);
  if (Math.abs(value) > 2 ** 360) throw invalidValue(`the value of '${name}' must lie between -2^360 and 2^360`);
  return value;
}
