import type { TraceRecord } from './trace';

const longest = 220;

/** One readable line for a trace record: time, what happened, and its values. */
export function traceLine(record: TraceRecord): string {
  const data: readonly (readonly [string, unknown])[] = Object.entries(record.data);
  const values = data
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ');
  const line = `${record.time.slice(11, 19)} ${record.type.padEnd(26)} ${values}`;
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** Whether a record is of something that failed. */
export const hasFailed = (record: TraceRecord): boolean => 'error' in record.data && record.data.error !== undefined;

/** Whether people who watch the account want to see a record: calls that succeeded are in the trace file only. */
export const isNews = (record: TraceRecord): boolean => record.type !== 'api.call' || hasFailed(record);
