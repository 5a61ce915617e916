/** Data of one metric within one interval. Values of statistic sets are not known and leave `values` incomplete. */
export interface Aggregate {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Value and how often it came. */
  readonly values: readonly (readonly [value: number, count: number])[];
}

const simple: Readonly<Record<string, (data: Aggregate) => number>> = {
  SampleCount: (data) => data.count,
  Sum: (data) => data.sum,
  Average: (data) => data.sum / data.count,
  Minimum: (data) => data.min,
  Maximum: (data) => data.max,
};

/** True for a name CloudWatch knows: Average, p99.9, tm90, TM(10%:90%), PR(:100), IQM ... */
export function isStatistic(name: string): boolean {
  return name in simple || parseExtended(name) !== undefined;
}

export const simpleStatistics: readonly string[] = Object.keys(simple);

/** Data of several intervals taken together; undefined without any. */
export function combine(parts: readonly Aggregate[]): Aggregate | undefined {
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first;
  return {
    count: parts.reduce((total, each) => total + each.count, 0),
    sum: parts.reduce((total, each) => total + each.sum, 0),
    min: Math.min(...parts.map((each) => each.min)),
    max: Math.max(...parts.map((each) => each.max)),
    values: parts.flatMap((each) => each.values),
  };
}

/**
 * A statistic of the data; undefined when it needs single values and the data came as statistic sets.
 *
 * Percentiles interpolate linearly between ranks; CloudWatch estimates them from a histogram, so its last digits differ.
 */
export function statistic(data: Aggregate, name: string): number | undefined {
  const direct = simple[name];
  if (direct !== undefined) return direct(data);
  const extended = parseExtended(name);
  const values = singleValues(data);
  if (extended === undefined || values === undefined) return undefined;
  return extended(values);
}

type Extended = (sorted: readonly number[]) => number | undefined;

function parseExtended(name: string): Extended | undefined {
  const short = /^(p|tm|wm|tc|ts|iqm)(\d{1,3}(?:\.\d+)?)?$/i.exec(name);
  if (short !== null) {
    const [, kind = '', text] = short;
    if (kind.toLowerCase() === 'iqm') return text === undefined ? (sorted) => mean(between(sorted, 25, 75)) : undefined;
    const bound = Number(text ?? NaN);
    if (!(bound >= 0 && bound <= 100)) return undefined;
    return kind.toLowerCase() === 'p'
      ? (sorted) => percentile(sorted, bound)
      : trimmed(kind.toLowerCase(), (sorted) => [0, bound, sorted]);
  }
  const ranged = /^(TM|WM|TC|TS|PR)\((\d+(?:\.\d+)?%?)?:(\d+(?:\.\d+)?%?)?\)$/i.exec(name);
  if (ranged === null) return undefined;
  const [, kind = '', low, high] = ranged;
  const percent = [low, high].some((each) => each?.endsWith('%'));
  if (percent) {
    const [from, to] = [Number.parseFloat(low ?? '0'), Number.parseFloat(high ?? '100')];
    return trimmed(kind.toLowerCase(), (sorted) => [from, to, sorted]);
  }
  const [from, to] = [low === undefined ? -Infinity : Number(low), high === undefined ? Infinity : Number(high)];
  return absolute(kind.toLowerCase(), from, to);
}

function trimmed(
  kind: string,
  bounds: (sorted: readonly number[]) => readonly [number, number, readonly number[]],
): Extended {
  return (all) => {
    const [from, to, sorted] = bounds(all);
    const kept = between(sorted, from, to);
    if (kind === 'wm') {
      const [low, high] = [kept[0] ?? NaN, kept.at(-1) ?? NaN];
      return mean(sorted.map((value) => Math.min(Math.max(value, low), high)));
    }
    return summary(kind, kept);
  };
}

function absolute(kind: string, from: number, to: number): Extended {
  return (sorted) => {
    if (kind === 'wm') return mean(sorted.map((value) => Math.min(Math.max(value, from), to)));
    const kept = sorted.filter((value) => value >= from && value <= to);
    return kind === 'pr' ? (100 * kept.length) / sorted.length : summary(kind, kept);
  };
}

function summary(kind: string, kept: readonly number[]): number | undefined {
  if (kind === 'tc') return kept.length;
  const total = kept.reduce((sum, value) => sum + value, 0);
  return kind === 'ts' ? total : mean(kept);
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

function percentile(sorted: readonly number[], bound: number): number {
  const rank = (bound / 100) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)] ?? NaN, sorted[Math.ceil(rank)] ?? NaN];
  return below + (above - below) * (rank - Math.floor(rank));
}

/** The part of sorted values between two percent ranks. */
function between(sorted: readonly number[], from: number, to: number): readonly number[] {
  return sorted.slice(Math.floor((from / 100) * sorted.length), Math.max(Math.ceil((to / 100) * sorted.length), 1));
}

function singleValues(data: Aggregate): readonly number[] | undefined {
  const known = data.values.reduce((total, [, count]) => total + count, 0);
  if (known < data.count) return data.min === data.max ? [data.min] : undefined;
  return data.values.flatMap(([value, count]) => Array.from({ length: count }, () => value)).sort((a, b) => a - b);
}
