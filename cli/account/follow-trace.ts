import { hasFailed, isNews, traceLine, type TraceRecord } from '@mooring/local-account';
import colors from 'picocolors';
import { print } from '../shared/output';

/** Prints records as they come. Successful API calls are left out of the readable form: they are in the trace file. */
export const subscribeLines =
  (json: boolean) =>
  (record: TraceRecord): void => {
    if (json) return print(JSON.stringify(record));
    if (isNews(record)) print(hasFailed(record) ? colors.yellow(traceLine(record)) : traceLine(record));
  };
