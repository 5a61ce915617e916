import { checkUseCase } from '../src/use-case-checks';

const useCase = (persistence: string | undefined, beat: readonly string[]) => ({
  task: 'binary',
  dataset: {
    columns: [{ name: 'raining' }, { name: 'rains_later' }],
    label: 'rains_later',
    positive: 1,
    persistence,
  },
  gates: { beat },
});

describe('the persistence baseline', () => {
  test('is a feature that holds the last known value', () => {
    expect(checkUseCase(useCase('raining', ['persistence']))).toEqual([]);
  });

  test('cannot be a column that is no feature, nor be asked for without one', () => {
    expect(checkUseCase(useCase('rains_later', []))).toEqual([
      { path: ['dataset', 'persistence'], message: "'rains_later' is not a feature; there are: raining" },
    ]);
    expect(checkUseCase(useCase(undefined, ['majority', 'persistence']))).toEqual([
      {
        path: ['gates', 'beat', 1],
        message: "'persistence' needs dataset.persistence, the feature with the last known value",
      },
    ]);
  });
});
