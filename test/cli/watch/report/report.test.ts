import { distributionOf } from '../../../../cli/watch/report/distribution';
import { renderPage } from '../../../../cli/watch/report/page';

describe('the report page', () => {
  const html = renderPage({
    title: 'Credit <risk>',
    subtitle: 's',
    verdict: 'fine',
    sections: [{ title: 'Alarms', table: { head: ['alarm'], rows: [['<script>alert(1)</script>']] } }],
  });

  test('escapes what comes from data', () => {
    expect(html).toContain('Credit &lt;risk&gt;');
    expect(html).not.toContain('<script>');
  });

  test('loads nothing from anywhere', () => {
    expect(html).not.toMatch(/(src|href)=/);
  });
});

describe('a distribution from statistics.json', () => {
  const statistics = {
    features: [
      {
        name: 'age',
        numerical_statistics: {
          mean: 3,
          distribution: {
            kll: {
              buckets: [
                { lower_bound: 0, upper_bound: 2, count: 1 },
                { lower_bound: 2, upper_bound: 4, count: 3 },
              ],
            },
          },
        },
      },
      {
        name: 'job',
        string_statistics: {
          distribution: {
            categorical: {
              buckets: [
                { value: 'a', count: 1 },
                { value: 'b', count: 4 },
              ],
            },
          },
        },
      },
    ],
  };

  test('gives shares of ranges for a number', () => {
    expect(distributionOf(statistics, 'age')).toEqual({
      kind: 'numeric',
      mean: 3,
      bins: [
        { from: 0, to: 2, share: 0.25 },
        { from: 2, to: 4, share: 0.75 },
      ],
    });
  });

  test('gives shares of values for a category, the commonest first', () => {
    expect(distributionOf(statistics, 'job')).toEqual({
      kind: 'categorical',
      bins: [
        { value: 'b', share: 0.8 },
        { value: 'a', share: 0.2 },
      ],
    });
  });

  test('is absent for a feature that the statistics do not have', () => {
    expect(distributionOf(statistics, 'income')).toBeUndefined();
  });
});
