import { join } from 'node:path';
import { loadUseCase } from '@mooring/use-case/load-use-case';
import { overrides } from '../../../cli/loop/pipeline-run';

const useCase = loadUseCase(join(__dirname, '../../../pipeline-defs/credit-risk'));

describe('settings for one run', () => {
  test('a path of the use case becomes its pipeline parameter', () => {
    expect(overrides(useCase, ['fairness.before_training.max=0.01', 'gates.quality.bound=0.99'])).toEqual({
      MaxBias: '0.01',
      MinQuality: '0.99',
    });
  });

  test('every setting that cannot be made is listed, with the ones that can', () => {
    expect(() => overrides(useCase, ['training.framework=tensorflow', 'gates.quality.bound=high', 'nonsense'])).toThrow(
      /--set training\.framework: only these can change.*fairness\.before_training\.max[\s\S]*'high' is not a number[\s\S]*--set nonsense: write path=value/,
    );
  });
});
