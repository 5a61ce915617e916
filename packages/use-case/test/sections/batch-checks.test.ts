import { checkUseCase } from '../../src/use-case-checks';

type Section = Readonly<Record<string, unknown>>;

/** Path and message of everything that is wrong with monitors of batch output. */
function problems(monitoring: Section, more: Section = {}, dataset: Section = {}): string[] {
  const document = {
    task: 'binary',
    dataset: {
      columns: ['id', 'age', 'paid'].map((name) => ({ name, type: 'integer' })),
      label: 'paid',
      positive: 1,
      ...dataset,
    },
    monitoring: { source: 'batch', every: '1d', ...monitoring },
    ...more,
  };
  return checkUseCase(document).map((each) => `${each.path.join('.')}: ${each.message}`);
}

describe('monitors of batch output', () => {
  test('need something that is scored on a schedule', () => {
    expect(problems({})).toEqual([
      "monitoring.source: 'batch' watches what is scored on a schedule; add a section batch: {}, or leave source out",
    ]);
    expect(problems({}, { batch: {} })).toEqual([]);
  });

  test('run by the open engine only', () => {
    expect(problems({ engine: 'model-monitor' }, { batch: {} })).toEqual([
      'monitoring.source: engine model-monitor watches endpoints only; choose engine open',
    ]);
  });

  test('of quality and bias need a key, by which labels find their rows', () => {
    const both = { quality: { metric: 'auc', bound: 0.7 }, bias: { metric: 'DPPL', max: 0.1 } };
    const message =
      'labels find batch rows by their key; add dataset.key, the first column of the input files, or leave this out';
    expect(problems(both, { batch: {} })).toEqual([`monitoring.quality: ${message}`, `monitoring.bias: ${message}`]);
    expect(problems(both, { batch: {} }, { key: 'id' })).toEqual([]);
    expect(problems({ explanations: {} }, { batch: {} })).toEqual([]);
  });

  test('have windows that hold a run', () => {
    const message = (every: string): string =>
      `a window shorter than batch.every (${every}) would often hold no run; make it as long at least`;
    expect(problems({ every: '6h' }, { batch: {} })).toEqual([`monitoring.window: ${message('1d')}`]);
    expect(problems({ every: '6h', window: '1d' }, { batch: {} })).toEqual([]);
    expect(problems({ explanations: {} }, { batch: { every: '2d' } })).toEqual([
      `monitoring.window: ${message('2d')}`,
      `monitoring.explanations.window: ${message('2d')}`,
    ]);
    expect(problems({ source: 'endpoint', every: '1h' }, { batch: {} })).toEqual([]);
  });
});
