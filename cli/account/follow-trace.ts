import colors from 'picocolors';
import type { TraceRecord } from '../../packages/local-account/src/core/trace';
import { print } from '../shared/output';

/** One readable line for a trace record: time, what happened, and its values. */
export function traceLine(record: TraceRecord): string {
  const data = record.data as unknown as Readonly<Record<string, unknown>>;
  const values = Object.entries(data)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ');
  const line = `${record.time.slice(11, 19)} ${record.type.padEnd(26)} ${values}`;
  return line.length > 220 ? `${line.slice(0, 219)}…` : line;
}

/** Prints records as they come. Successful API calls are left out of the readable form: they are in the trace file. */
export const subscribeLines =
  (json: boolean) =>
  (record: TraceRecord): void => {
    if (json) return print(JSON.stringify(record));
    const failed = 'error' in record.data && record.data.error !== undefined;
    if (record.type === 'api.call' && !failed) return;
    print(failed ? colors.yellow(traceLine(record)) : traceLine(record));
  };
