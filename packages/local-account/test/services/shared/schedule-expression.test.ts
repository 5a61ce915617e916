import { parseSchedule } from '../../../src/services/shared/schedule-expression';

/** The first occurrences after an instant. */
function occurrences(expression: string, after: string, count: number, timeZone?: string): readonly string[] {
  const schedule = parseSchedule(expression, timeZone);
  const found: string[] = [];
  for (let at = new Date(after); found.length < count;) {
    const next = schedule.next(at, new Date(after));
    if (next === undefined) break;
    found.push(next.toISOString().slice(0, 16));
    at = next;
  }
  return found;
}

describe('a cron expression', () => {
  test.each([
    ['every day at 10:00', '0 10 * * ? *', '2026-11-20T09:59:59Z', ['2026-11-20T10:00', '2026-11-21T10:00']],
    ['exactly then is over', '0 10 * * ? *', '2026-11-20T10:00:00Z', ['2026-11-21T10:00']],
    ['weekdays', '0 18 ? * MON-FRI *', '2026-11-20T18:00:00Z', ['2026-11-23T18:00', '2026-11-24T18:00']],
    ['numbered weekdays, Sunday is 1', '0 18 ? * 1 *', '2026-11-20T00:00:00Z', ['2026-11-22T18:00']],
    ['every 15 minutes', '0/15 * * * ? *', '2026-11-20T09:50:00Z', ['2026-11-20T10:00', '2026-11-20T10:15']],
    [
      'every 10 minutes on weekdays',
      '*/10 * ? * MON-FRI *',
      '2026-11-20T23:45:00Z',
      ['2026-11-20T23:50', '2026-11-23T00:00'],
    ],
    [
      'lists and ranges',
      '5,35 14-15 * * ? *',
      '2026-11-20T14:10:00Z',
      ['2026-11-20T14:35', '2026-11-20T15:05', '2026-11-20T15:35', '2026-11-21T14:05'],
    ],
    ['first of the month', '0 8 1 * ? *', '2026-11-20T00:00:00Z', ['2026-12-01T08:00', '2027-01-01T08:00']],
    ['named months', '0 0 1 JAN,JUL ? *', '2026-11-20T00:00:00Z', ['2027-01-01T00:00', '2027-07-01T00:00']],
    ['last day', '0 0 L * ? *', '2027-02-01T00:00:00Z', ['2027-02-28T00:00', '2027-03-31T00:00']],
    ['leap day', '0 0 29 2 ? *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['last weekday', '0 0 LW * ? *', '2027-01-01T00:00:00Z', ['2027-01-29T00:00', '2027-02-26T00:00']],
    ['weekday nearest to the 15th, a Sunday', '0 0 15W * ? *', '2026-11-01T00:00:00Z', ['2026-11-16T00:00']],
    ['weekday nearest to the 1st, a Saturday', '0 0 1W 8 ? *', '2026-01-01T00:00:00Z', ['2026-08-03T00:00']],
    ['second Tuesday', '0 0 ? * 3#2 *', '2026-11-01T00:00:00Z', ['2026-11-10T00:00', '2026-12-08T00:00']],
    ['last Friday', '0 0 ? * 6L *', '2026-11-20T00:00:00Z', ['2026-11-27T00:00', '2026-12-25T00:00']],
    ['years', '0 0 1 1 ? 2027-2028', '2026-11-20T00:00:00Z', ['2027-01-01T00:00', '2028-01-01T00:00']],
    [
      'a range over the end of the week',
      '0 0 ? * SAT-MON *',
      '2026-11-19T00:00:00Z',
      ['2026-11-21T00:00', '2026-11-22T00:00', '2026-11-23T00:00', '2026-11-28T00:00'],
    ],
  ])('%s', (_title, fields, after, expected) => {
    expect(occurrences(`cron(${fields})`, after, expected.length)).toEqual(expected);
  });

  test('ends with its years', () => expect(occurrences('cron(0 0 1 1 ? 2027)', '2027-01-01T00:00:00Z', 1)).toEqual([]));

  test('is in its time zone', () =>
    expect(occurrences('cron(0 9 * * ? *)', '2026-11-20T00:00:00Z', 1, 'Europe/Berlin')).toEqual(['2026-11-20T08:00']));
  test('skips a wall time that daylight saving skips', () =>
    expect(occurrences('cron(30 2 * * ? *)', '2027-03-26T12:00:00Z', 3, 'Europe/Berlin')).toEqual([
      '2027-03-27T01:30',
      '2027-03-29T00:30',
      '2027-03-30T00:30',
    ]));
  test('comes once when a wall time comes twice', () =>
    expect(occurrences('cron(30 2 * * ? *)', '2027-10-30T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2027-10-31T00:30',
      '2027-11-01T01:30',
    ]));

  test.each([
    ['too few fields', 'cron(0 10 * * ?)', /has 5 fields; six are needed/],
    ['no ?', 'cron(0 10 * * * *)', /must have \? in either/],
    ['two ?', 'cron(0 10 ? * ? *)', /must have \? in either/],
    ['minute 60', 'cron(60 10 * * ? *)', /'60' is not a value of the cron field minutes; it takes 0-59/],
    ['month name', 'cron(0 10 1 FOO ? *)', /cron field month; it takes 1-12 or JAN-DEC/],
    ['day of week 0', 'cron(0 10 ? * 0 *)', /day-of-week; it takes 1-7 or SUN-SAT/],
    ['sixth Tuesday', 'cron(0 10 ? * 3#6 *)', /day-of-week/],
  ])('refused: %s', (_title, expression, message) => {
    expect(() => parseSchedule(expression)).toThrow(message);
  });
  test('refused: unknown time zone', () =>
    expect(() => parseSchedule('cron(0 10 * * ? *)', 'Mars/Olympus')).toThrow(/'Mars\/Olympus' is not a time zone/));
});

describe('a rate expression', () => {
  test('counts from its anchor', () =>
    expect(occurrences('rate(1 hour)', '2026-11-20T09:12:00Z', 2)).toEqual(['2026-11-20T10:12', '2026-11-20T11:12']));
  test('starts at the anchor when that is the first occurrence', () =>
    expect(
      parseSchedule('rate(2 days)')
        .next(new Date('2026-11-19T00:00:00Z'), new Date('2026-11-20T00:00:00Z'), true)
        ?.toISOString(),
    ).toBe('2026-11-20T00:00:00.000Z'));
  test.each(['rate(1 hours)', 'rate(5 minute)', 'rate(0 minutes)', 'rate(1.5 hours)', 'rate(3 weeks)', 'every hour'])(
    'refused: %s',
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow(/rate|schedule expression/);
    },
  );
});

describe('a one-time expression', () => {
  test('comes once', () =>
    expect(occurrences('at(2026-11-20T10:00:00)', '2026-11-20T09:00:00Z', 3)).toEqual(['2026-11-20T10:00']));
  test('is in its time zone', () =>
    expect(occurrences('at(2026-07-01T10:00:00)', '2026-06-01T00:00:00Z', 1, 'America/New_York')).toEqual([
      '2026-07-01T14:00',
    ]));
  test('refused: no such day', () => expect(() => parseSchedule('at(2026-02-30T10:00:00)')).toThrow(/is not a time/));
});
