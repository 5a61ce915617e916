import { prefixes } from '../../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { recordedSamples, type Sample } from '../../stage-tests/target';
import type { TrainRecord } from './record';
import type { Stage } from './stage';

/** Rows that the release's own evaluation recorded. @throws UserError when it left no predictions. */
export function samplesOf(staging: Stage, useCase: UseCase, trained: TrainRecord): Promise<readonly Sample[]> {
  const execution = trained.execution_arn.split('/').at(-1) ?? '';
  const key = `${prefixes.executions(useCase.name)}/${execution}/Evaluate/predictions/predictions.csv`;
  return recordedSamples(staging, useCase, key);
}
