import { join } from 'node:path';
import { isBody } from '../../../core/input';
import { RecordFile } from '../../../core/record-file';
import { StorageFailure } from '../../../core/storage-failure';
import { combine, type Aggregate } from './statistics';

export type Dimensions = Readonly<Record<string, string>>;

/** What identifies a metric: another set of dimensions is another metric. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

export interface Datum extends MetricId {
  /** Milliseconds. */
  readonly time: number;
  readonly unit: string;
  /** 1 for high resolution, else 60 (seconds). */
  readonly resolution: number;
  readonly data: Aggregate;
}

/** Start of an interval in milliseconds, its data, and the unit of the first of them. */
export type Interval = readonly [start: number, data: Aggregate, unit: string];

interface Series {
  readonly id: MetricId;
  /** Sorted starts of the slots that hold data. */
  readonly times: number[];
  /** Slot start to data by unit. */
  readonly slots: Map<number, Map<string, Aggregate>>;
  latest: number;
}

/** One text per metric, whatever the order of its dimensions. */
export function metricKey(id: MetricId): string {
  const dimensions = Object.entries(id.dimensions).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify([id.namespace, id.name, ...dimensions.flat()]);
}

/**
 * Metric data in memory, summed up per minute (per second for high resolution) and unit as CloudWatch does; every
 * acknowledged datum is a line of a file, from which the next start reads.
 */
export class MetricStore {
  private readonly series = new Map<string, Series>();
  private readonly file: RecordFile<Datum>;
  private readonly unwritten = new Map<string, Datum>();
  private writing: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param folder where metrics.jsonl lives; made when absent
   * @throws DamagedState that names the line which is no datum.
   */
  constructor(folder: string) {
    this.file = metricFile(join(folder, 'metrics.jsonl'));
    for (const datum of this.file.read()) this.add(datum);
  }

  /** Keeps data in memory at once and on disk a moment later, summed up: for what services count call by call. */
  putSoon(data: readonly Datum[]): void {
    for (const each of data) {
      this.add(each);
      const key = `${metricKey(each)} ${each.unit} ${slotOf(each)}`;
      const before = this.unwritten.get(key);
      this.unwritten.set(
        key,
        before === undefined ? { ...each, data: copied(each.data) } : { ...each, data: merge(before.data, each.data) },
      );
    }
    this.flushSoon();
  }

  /** Writes what {@link putSoon} holds back. @throws StorageFailure; the data are then held back further. */
  flush(): void {
    clearTimeout(this.writing);
    this.writing = undefined;
    this.file.append([...this.unwritten.values()]);
    this.unwritten.clear();
  }

  close(): void {
    this.file.close();
  }

  /** On disk when it returns. */
  put(data: readonly Datum[]): void {
    this.file.append(data);
    for (const each of data) this.add(each);
  }

  /** Metrics in the order they first came. */
  metrics(): readonly (MetricId & { readonly latest: number })[] {
    return [...this.series.values()].map((each) => ({ ...each.id, latest: each.latest }));
  }

  /**
   * Data of consecutive intervals `[start + k * period, start + (k + 1) * period)` before `end`, intervals without data left
   * out, oldest first.
   */
  intervals(id: MetricId, start: number, end: number, periodMs: number, unit?: string): readonly Interval[] {
    const series = this.series.get(metricKey(id));
    if (series === undefined) return [];
    const found: Interval[] = [];
    let parts: Aggregate[] = [];
    let firstUnit = 'None';
    let current = -1;
    const close = (): void => {
      const data = combine(parts);
      if (data !== undefined) found.push([start + current * periodMs, data, firstUnit]);
      parts = [];
    };
    for (let at = lowerBound(series.times, start); at < series.times.length; at += 1) {
      const time = series.times[at] as number;
      if (time >= end) break;
      const index = Math.floor((time - start) / periodMs);
      if (index !== current) close();
      current = index;
      for (const [name, data] of series.slots.get(time) ?? []) {
        if (unit !== undefined && name !== unit) continue;
        if (parts.length === 0) firstUnit = name;
        parts.push(data);
      }
    }
    close();
    return found;
  }

  /** Starts of the slots with data in `[start, end)`. */
  slots(id: MetricId, start: number, end: number): readonly number[] {
    const times = this.series.get(metricKey(id))?.times ?? [];
    return times.slice(lowerBound(times, start), lowerBound(times, end));
  }

  private add(datum: Datum): void {
    const key = metricKey(datum);
    const known = this.series.get(key);
    const series: Series = known ?? {
      id: { namespace: datum.namespace, name: datum.name, dimensions: datum.dimensions },
      times: [],
      slots: new Map(),
      latest: 0,
    };
    if (known === undefined) this.series.set(key, series);
    const slot = slotOf(datum);
    let units = series.slots.get(slot);
    if (units === undefined) {
      units = new Map();
      series.slots.set(slot, units);
      series.times.splice(lowerBound(series.times, slot), 0, slot);
    }
    const before = units.get(datum.unit);
    units.set(datum.unit, before === undefined ? copied(datum.data) : merge(before, datum.data));
    series.latest = Math.max(series.latest, datum.time);
  }

  private flushSoon(): void {
    this.writing ??= setTimeout(() => {
      try {
        this.flush();
      } catch (error) {
        if (!(error instanceof StorageFailure)) throw error;
        this.flushSoon();
      }
    }, writeEvery).unref();
  }
}

/** Metric data of a state folder as a file. */
export const metricFile = (path: string): RecordFile<Datum> => new RecordFile(path, isDatum);

const isDatum = (value: unknown): value is Datum =>
  isBody(value) &&
  typeof value['namespace'] === 'string' &&
  typeof value['name'] === 'string' &&
  typeof value['unit'] === 'string' &&
  isBody(value['dimensions']) &&
  Number.isFinite(value['time']) &&
  isBody(value['data']) &&
  Array.isArray(value['data']['values']);

/** Milliseconds between writes of what services count. */
const writeEvery = 1_000;

function slotOf(datum: Datum): number {
  const size = datum.resolution === 1 ? 1_000 : 60_000;
  return Math.floor(datum.time / size) * size;
}

/** With a list of values that may grow. */
const copied = (data: Aggregate): Aggregate => ({ ...data, values: [...data.values] });

/**
 * Like combine, but adds to the list of values in place of copying it, since a busy minute may hold thousands; a value that
 * comes again right away is counted, not listed.
 */
function merge(before: Aggregate, more: Aggregate): Aggregate {
  const values = before.values as (readonly [number, number])[];
  for (const [value, count] of more.values) {
    const last = values.at(-1);
    if (last !== undefined && last[0] === value) values[values.length - 1] = [value, last[1] + count];
    else values.push([value, count]);
  }
  return {
    count: before.count + more.count,
    sum: before.sum + more.sum,
    min: Math.min(before.min, more.min),
    max: Math.max(before.max, more.max),
    values,
  };
}

/** Index of the first element that is not smaller. */
function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
