import {
  evaluateAlarm,
  treatments,
  type AlarmRule,
  type AlarmState,
} from '../../../../src/services/cloudwatch/runtime/alarm-evaluation';

/** `0` does not breach, `X` breaches, `-` is missing; the newest on the right, as in CloudWatch's own tables. */
const series = (text: string): (number | undefined)[] =>
  [...text.replaceAll(' ', '')].map((each) => (each === 'X' ? 1 : each === '0' ? 0 : undefined)).reverse();

const rule = (evaluationPeriods: number, datapointsToAlarm: number): Omit<AlarmRule, 'treatMissingData'> => ({
  comparison: 'GreaterThanThreshold',
  threshold: 0.5,
  evaluationPeriods,
  datapointsToAlarm,
});

type Row = readonly [
  points: string,
  missing: AlarmState | 'same',
  ignore: AlarmState | 'same',
  breaching: AlarmState,
  notBreaching: AlarmState,
];

/** The tables of CloudWatch's documentation on missing data. */
const tables: readonly (readonly [title: string, m: number, n: number, rows: readonly Row[]])[] = [
  [
    '3 out of 3',
    3,
    3,
    [
      ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
      ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
      ['- - - - -', 'INSUFFICIENT_DATA', 'same', 'ALARM', 'OK'],
      ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['- - X - -', 'ALARM', 'same', 'ALARM', 'OK'],
      ['- - - - X', 'same', 'same', 'ALARM', 'OK'],
      ['- - - X -', 'same', 'same', 'ALARM', 'OK'],
      ['- - - X 0', 'OK', 'OK', 'OK', 'OK'],
    ],
  ],
  [
    '2 out of 3',
    2,
    3,
    [
      ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - X -', 'ALARM', 'same', 'ALARM', 'OK'],
    ],
  ],
  [
    '1 out of 1',
    1,
    1,
    [
      ['- - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['X X 0', 'OK', 'OK', 'OK', 'OK'],
      ['X - -', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['- - -', 'INSUFFICIENT_DATA', 'same', 'ALARM', 'OK'],
    ],
  ],
];

describe.each(tables)('an alarm on %s datapoints', (_title, m, n, rows) => {
  const cases = rows.flatMap(([points, ...expected]) =>
    treatments.map(
      (treatMissingData, index) => [points, treatMissingData, expected[index] as AlarmState | 'same'] as const,
    ),
  );
  test.each(cases)('%s treated as %s is %s', (points, treatMissingData, expected) => {
    for (const current of ['OK', 'ALARM'] as const) {
      const { state } = evaluateAlarm({ ...rule(n, m), treatMissingData }, series(points), current);
      expect(state).toBe(expected === 'same' ? current : expected);
    }
  });
});

describe('comparison operators', () => {
  test.each([
    ['GreaterThanThreshold', 1, 'OK'],
    ['GreaterThanThreshold', 1.01, 'ALARM'],
    ['GreaterThanOrEqualToThreshold', 1, 'ALARM'],
    ['LessThanThreshold', 1, 'OK'],
    ['LessThanThreshold', 0.99, 'ALARM'],
    ['LessThanOrEqualToThreshold', 1, 'ALARM'],
  ] as const)('%s of %s against 1 is %s', (comparison, value, state) => {
    expect(
      evaluateAlarm(
        { comparison, threshold: 1, evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'missing' },
        [value],
        'OK',
      ).state,
    ).toBe(state);
  });
});
