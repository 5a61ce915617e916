import { instantOf, requireTimeZone, wallTime } from './time-zone';

interface Range {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const ranges = {
  minute: { name: 'minutes', min: 0, max: 59 },
  hour: { name: 'hours', min: 0, max: 23 },
  dayOfMonth: { name: 'day-of-month', min: 1, max: 31 },
  month: { name: 'month', min: 1, max: 12, names: months },
  dayOfWeek: { name: 'day-of-week', min: 1, max: 7, names: days },
  year: { name: 'year', min: 1970, max: 2199 },
} as const satisfies Readonly<Record<string, Range>>;

/** Says whether a calendar day (UTC fields of a date) is meant. */
type DayTest = (day: Date) => boolean;

/**
 * AWS's six-field cron: minutes hours day-of-month month day-of-week year, with `, - * / ? L W #`; days of the week run
 * from 1 = SUN to 7 = SAT, and one of the two day fields is `?`. Evaluated in a time zone: a wall time that daylight
 * saving skips does not occur, one that happens twice occurs once.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export class Cron {
  private readonly minutes: readonly number[];
  private readonly hours: readonly number[];
  private readonly months: ReadonlySet<number>;
  private readonly years: ReadonlySet<number>;
  private readonly day: DayTest;

  /** @throws Error that names the field that is wrong. */
  constructor(
    expression: string,
    private readonly timeZone = 'UTC',
  ) {
    requireTimeZone(timeZone);
    const fields = expression.trim().split(/\s+/);
    if (fields.length !== 6)
      throw new Error(
        `'cron(${expression})' has ${fields.length} fields; six are needed: minutes hours day-of-month month day-of-week year`,
      );
    const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields.map((each) =>
      each.toUpperCase(),
    );
    if ((dayOfMonth === '?') === (dayOfWeek === '?'))
      throw new Error(`'cron(${expression})' must have ? in either day-of-month or day-of-week, and not in both`);
    this.minutes = values(minute, ranges.minute);
    this.hours = values(hour, ranges.hour);
    this.months = new Set(values(month, ranges.month));
    this.years = new Set(values(year, ranges.year));
    this.day = dayOfMonth === '?' ? weekDayTest(dayOfWeek) : monthDayTest(dayOfMonth);
  }

  /** First occurrence after an instant, on the minute; undefined when the years are used up. */
  next(after: Date): Date | undefined {
    const from = wallTime(after, this.timeZone);
    const lastYear = Math.max(...this.years);
    for (
      let day = startOfDay(new Date(from.getTime() - 86_400_000));
      day.getUTCFullYear() <= lastYear;
      day = nextDay(day)
    ) {
      if (!this.years.has(day.getUTCFullYear())) {
        day = new Date(Date.UTC(day.getUTCFullYear(), 11, 31));
        continue;
      }
      if (!this.months.has(day.getUTCMonth() + 1)) {
        day = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0));
        continue;
      }
      const found = this.day(day) ? this.firstTime(day, after) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private firstTime(day: Date, after: Date): Date | undefined {
    if (day.getTime() + 2 * 86_400_000 < after.getTime()) return undefined;
    for (const hour of this.hours)
      for (const minute of this.minutes) {
        const instant = instantOf(new Date(day.getTime() + (hour * 60 + minute) * 60_000), this.timeZone);
        if (instant !== undefined && instant > after) return instant;
      }
    return undefined;
  }
}

/** Sorted values of a field made of lists, ranges, steps and names. */
function values(field: string, range: Range): readonly number[] {
  const found = new Set<number>();
  for (const item of field.split(',')) {
    const [base = '', step, ...rest] = item.split('/');
    const every = step === undefined ? 1 : Number(step);
    if (rest.length > 0 || !Number.isInteger(every) || every < 1) throw wrong(field, range);
    const [from, to] = bounds(base, step !== undefined, field, range);
    if (from > to) {
      for (let value = from; value <= range.max; value += every) found.add(value);
      for (let value = range.min; value <= to; value += every) found.add(value);
    } else for (let value = from; value <= to; value += every) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function bounds(base: string, stepped: boolean, field: string, range: Range): readonly [number, number] {
  if (base === '*') return [range.min, range.max];
  const [first = '', last, ...rest] = base.split('-');
  const from = number(first, field, range);
  if (rest.length > 0) throw wrong(field, range);
  return [from, last !== undefined ? number(last, field, range) : stepped ? range.max : from];
}

function number(text: string, field: string, range: Range): number {
  const named = range.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + range.min : /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!(value >= range.min && value <= range.max)) throw wrong(field, range);
  return value;
}

function wrong(field: string, range: Range): Error {
  const names = range.names === undefined ? '' : ` or ${range.names[0]}-${range.names.at(-1)}`;
  return new Error(
    `'${field}' is not a value of the cron field ${range.name}; it takes ${range.min}-${range.max}${names} with , - * /`,
  );
}

/** `L` last day, `LW` last weekday, `15W` the weekday nearest to the 15th within the month, or values. */
function monthDayTest(field: string): DayTest {
  const items = field.split(',').map((item): DayTest => {
    if (item === 'L') return (day) => day.getUTCDate() === daysInMonth(day);
    if (item === 'LW') return (day) => day.getUTCDate() === nearestWeekday(day, daysInMonth(day));
    const nearest = /^([0-9]{1,2})W$/.exec(item)?.[1];
    if (nearest !== undefined) {
      const wanted = number(nearest, field, ranges.dayOfMonth);
      return (day) => wanted <= daysInMonth(day) && day.getUTCDate() === nearestWeekday(day, wanted);
    }
    const allowed = values(item, ranges.dayOfMonth);
    return (day) => allowed.includes(day.getUTCDate());
  });
  return (day) => items.some((test) => test(day));
}

/** `6L` the month's last Friday, `3#2` its second Tuesday, `L` Saturday, or values and names. */
function weekDayTest(field: string): DayTest {
  const items = field.split(',').map((item): DayTest => {
    const last = /^([0-9A-Z]*)L$/.exec(item)?.[1];
    if (last === '') return (day) => day.getUTCDay() === 6;
    if (last !== undefined) {
      const wanted = number(last, field, ranges.dayOfWeek);
      return (day) => day.getUTCDay() + 1 === wanted && day.getUTCDate() + 7 > daysInMonth(day);
    }
    const [weekday, ordinal] = item.split('#');
    if (ordinal !== undefined) {
      const [wanted, nth] = [number(weekday ?? '', field, ranges.dayOfWeek), Number(ordinal)];
      if (!(nth >= 1 && nth <= 5)) throw wrong(field, ranges.dayOfWeek);
      return (day) => day.getUTCDay() + 1 === wanted && Math.ceil(day.getUTCDate() / 7) === nth;
    }
    const allowed = values(item, ranges.dayOfWeek);
    return (day) => allowed.includes(day.getUTCDay() + 1);
  });
  return (day) => items.some((test) => test(day));
}

function nearestWeekday(day: Date, wanted: number): number {
  const weekday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), wanted)).getUTCDay();
  if (weekday === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 0) return wanted === daysInMonth(day) ? wanted - 2 : wanted + 1;
  return wanted;
}

const daysInMonth = (day: Date): number =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
const startOfDay = (time: Date): Date =>
  new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()));
const nextDay = (day: Date): Date => new Date(day.getTime() + 86_400_000);
