import { UserError } from '@mooring/use-case/errors';
import type { UseCase } from '@mooring/use-case/use-case';

/** Hyperparameters of the training step; a test holds the list against its table, which has kinds and bounds as well. */
export const hyperparameters = [
  'num_round',
  'early_stopping_rounds',
  'eta',
  'max_depth',
  'min_child_weight',
  'subsample',
  'colsample_bytree',
  'colsample_bynode',
  'num_parallel_tree',
  'gamma',
  'alpha',
  'lambda',
  'max_delta_step',
  'max_bin',
  'scale_pos_weight',
  'objective',
  'seed',
  'nthread',
] as const;

/**
 * What a use case may say and the standard pipeline does not do; a `pipeline.ts` of its own may.
 *
 * @throws UserError that lists all of it, so that nothing starts that would fail, or be left out, later.
 */
export function checkLimits({ name, task, training }: UseCase): void {
  const problems: string[] = [];
  if (task === 'multiclass')
    problems.push("task: 'multiclass' is not trained by the standard steps; allowed: binary, regression, forecast");
  if (training.tuning !== undefined)
    problems.push('training.tuning: the standard pipeline trains once; leave the section out');
  if (training.image === undefined) {
    if (training.framework !== 'xgboost')
      problems.push(
        `training.framework: '${training.framework}' models could only be stored as pickles, which execute what they contain; allowed: xgboost (a random forest is one round of many trees: docs/steps.md)`,
      );
    const known: readonly string[] = hyperparameters;
    for (const each of Object.keys(training.hyperparameters).filter((given) => !known.includes(given)))
      problems.push(
        `training.hyperparameters.${each}: is not known to the training step; allowed: ${known.join(', ')}`,
      );
  }
  if (problems.length > 0)
    throw UserError.of(
      `the standard pipeline cannot do what use-case.yaml of ${name} asks for; correct it, or write a pipeline.ts:`,
      problems,
    );
}
