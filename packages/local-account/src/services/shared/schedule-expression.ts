import { Cron } from './cron';
import { instantOf } from './time-zone';

/** When something recurs. */
export interface Schedule {
  /**
   * First occurrence after an instant; undefined when there is none any more.
   *
   * @param anchor from where a rate counts: occurrences are `anchor + n * period`, n >= 1 (n >= 0 with `inclusive`)
   */
  next(after: Date, anchor: Date, inclusive?: boolean): Date | undefined;
  readonly kind: 'rate' | 'cron' | 'at';
}

const unitMinutes: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1_440 };

/**
 * Parses `rate(value unit)`, `cron(minutes hours day-of-month month day-of-week year)` and, for Scheduler,
 * `at(yyyy-mm-ddThh:mm:ss)`.
 *
 * @param timeZone IANA name; applies to cron and at
 * @throws Error that says what is wrong
 */
export function parseSchedule(expression: string, timeZone = 'UTC'): Schedule {
  const match = /^(rate|cron|at)\((.*)\)$/.exec(expression);
  const [, kind, body = ''] = match ?? [];
  if (kind === 'rate') return rate(expression, body);
  if (kind === 'cron') {
    const cron = new Cron(body, timeZone);
    return { kind, next: (after) => cron.next(after) };
  }
  if (kind === 'at') return once(body, timeZone);
  throw new Error(
    `'${expression}' is not a schedule expression; write rate(1 hour), cron(0 8 * * ? *) or at(2030-01-31T08:00:00)`,
  );
}

function rate(expression: string, body: string): Schedule {
  const match = /^([1-9][0-9]*) (minute|hour|day)(s?)$/.exec(body);
  const [, amount, unit = '', plural] = match ?? [];
  const minutes = unitMinutes[unit];
  if (amount === undefined || minutes === undefined)
    throw new Error(
      `'${expression}' is not a rate; write a positive number and minute(s), hour(s) or day(s), e.g. rate(5 minutes)`,
    );
  if ((amount === '1') === (plural === 's'))
    throw new Error(
      `'${expression}' is not a rate; the unit is singular for 1 and plural otherwise: rate(1 hour), rate(2 hours)`,
    );
  const period = Number(amount) * minutes * 60_000;
  return {
    kind: 'rate',
    next: (after, anchor, inclusive = false) => {
      const first = inclusive ? 0 : 1;
      const periods = Math.max(first, Math.floor((after.getTime() - anchor.getTime()) / period) + 1);
      return new Date(anchor.getTime() + periods * period);
    },
  };
}

function once(body: string, timeZone: string): Schedule {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(body);
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] = (match ?? [])
    .slice(1)
    .map(Number);
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (Number.isNaN(wall.getTime()) || wall.toISOString().slice(0, 19) !== body)
    throw new Error(`'at(${body})' is not a time; write at(yyyy-mm-ddThh:mm:ss)`);
  const instant = instantOf(wall, timeZone) ?? wall;
  return { kind: 'at', next: (after) => (instant > after ? instant : undefined) };
}
