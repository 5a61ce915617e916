import { durationSeconds } from '@mooring/use-case/duration';
import { UserError } from '@mooring/use-case/errors';

/**
 * A cadence in Model Monitor's words: it knows hours that divide a day, and a day.
 *
 * @throws UserError for other cadences, which the open engine can run.
 */
export function nativeSchedule(every: string): string {
  const hours = durationSeconds(every) / 3_600;
  if (hours === 1) return 'cron(0 * ? * * *)';
  if (hours === 24) return 'cron(0 0 ? * * *)';
  if (Number.isInteger(hours) && hours < 24 && 24 % hours === 0) return `cron(0 0/${hours} ? * * *)`;
  throw new UserError(
    `monitoring: engine model-monitor cannot run every ${every}; it runs hourly, daily, or every 2, 3, 4, 6, 8 or 12 hours. Change the cadence, or use engine: open`,
  );
}

/** A window as the start offset of a run that ends now: 2d becomes -PT48H. */
export function offset(window: string): string {
  const seconds = durationSeconds(window);
  return seconds % 3_600 === 0 ? `-PT${seconds / 3_600}H` : `-PT${Math.ceil(seconds / 60)}M`;
}
