import { checkLimits } from '../../../pipeline-defs/standard/limits';
import type { UseCase } from '@mooring/use-case/use-case';
import { testUseCases } from '../../support/app';

const [loans] = testUseCases();
if (loans === undefined) throw new Error('the test use cases are missing');
const { useCase } = loans;
const trained = (training: Partial<UseCase['training']>): UseCase => ({
  ...useCase,
  training: { ...useCase.training, ...training },
});

describe('what the standard pipeline does not do', () => {
  test.each([
    ['several classes', { ...useCase, task: 'multiclass' as const }, "task: 'multiclass' is not trained"],
    [
      'tuning',
      trained({ tuning: { max_jobs: 2, max_parallel: 1, ranges: {} } }),
      'training.tuning: the standard pipeline trains once',
    ],
    ['pickled models', trained({ framework: 'scikit-learn' }), "training.framework: 'scikit-learn' models"],
    [
      'a misspelt hyperparameter',
      trained({ hyperparameters: { max_dept: 3 } }),
      'training.hyperparameters.max_dept: is not known to the training step; allowed: num_round',
    ],
  ])('is refused by name: %s', (_what, asked, problem) => {
    expect(() => checkLimits(asked)).toThrow(problem);
  });

  test('is listed at once', () => {
    const asked = { ...trained({ hyperparameters: { a: 1, b: 2 } }), task: 'multiclass' as const };
    expect(() => checkLimits(asked)).toThrow(/task.*\n.*hyperparameters\.a.*\n.*hyperparameters\.b/);
  });

  test('leaves hyperparameters and framework to an image of its own', () => {
    const own = trained({ image: 'x/own:1', framework: 'scikit-learn', hyperparameters: { depth: 3 } });
    expect(() => checkLimits(own)).not.toThrow();
  });
});
