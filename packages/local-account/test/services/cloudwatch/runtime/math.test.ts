import {
  evaluateMath,
  mathReferences,
  type MathValue,
  type TimeSeries,
} from '../../../../src/services/cloudwatch/runtime/math';

const series = (...values: (number | null)[]): TimeSeries =>
  new Map(values.flatMap((value, index) => (value === null ? [] : [[index * 60_000, value] as const])));
const known: Readonly<Record<string, TimeSeries>> = {
  m1: series(1, 2, 3),
  m2: series(10, null, 30),
  e1: series(0, 1, 0),
};

function evaluate(expression: string): MathValue {
  return evaluateMath(expression, {
    series: (id) => known[id] ?? series(),
    metrics: [
      { id: 'm1', series: series(1, 2, 3) },
      { id: 'm2', series: series(10, null, 30) },
    ],
    intervals: [0, 60_000, 120_000],
    periodSeconds: 60,
  });
}
const values = (expression: string): unknown => {
  const value = evaluate(expression);
  return value instanceof Map ? [...value.values()] : value;
};

describe('metric math', () => {
  test.each([
    ['1 + 2 * 3 ^ 2', 19],
    ['-(2 - 5) / 3', 1],
    ['m1 * 2', [2, 4, 6]],
    ['m1 + m2', [11, 33]],
    ['100 * m1 / m2', [10, 10]],
    ['m1 > 1 && m1 < 3', [0, 1, 0]],
    ['SUM(m1)', 6],
    ['SUM([m1, m2])', [11, 2, 33]],
    ['AVG(METRICS())', [5.5, 2, 16.5]],
    ['MAX(METRICS("m2"))', [10, 30]],
    ['MIN(m1)', 1],
    ['IF(e1, m1, 0)', [0, 2, 0]],
    ['IF(m1 > 1, m1)', [2, 3]],
    ['FILL(m2, 0)', [10, 0, 30]],
    ['FILL(m2, REPEAT)', [10, 10, 30]],
    ['RATE(m1)', [1 / 60, 1 / 60]],
    ['DIFF(m1)', [1, 1]],
    ['RUNNING_SUM(m1)', [1, 3, 6]],
    ['m1 / PERIOD(m1)', [1 / 60, 2 / 60, 3 / 60]],
    ['ABS(m1 - 2)', [1, 0, 1]],
  ])('%s', (expression, expected) => {
    expect(values(expression)).toEqual(expected);
  });

  test('names the queries it refers to', () => expect(mathReferences('IF(m1 > 3, m2 / m1, 0)')).toEqual(['m1', 'm2']));

  test.each([
    ['m1 +', /ends too early/],
    ['FOO(m1)', /does not know 'FOO'/],
    ['m1 $ 2', /something unknown at/],
    ['[m1, m2] + m1', /array of time series cannot be an operand/],
  ])('refused: %s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });
});
