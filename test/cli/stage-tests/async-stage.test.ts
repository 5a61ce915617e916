import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import type { UseCase } from '@mooring/use-case/use-case';
import { boundsOf, runStageTests, type StageTestRun } from '../../../cli/stage-tests/run';
import { root } from '../../support/app';

const [parcel] = loadUseCases(join(root, 'test/support/trials')).filter((each) => each.useCase.name === 'parcel');
if (parcel === undefined) throw new Error('there is no use case parcel');

/** What the tests of a stage are told, as far as they look before they ask anything. */
const runOf = (useCase: UseCase, name: 'staging' | 'production'): StageTestRun => ({
  target: { name } as StageTestRun['target'],
  useCase,
  live: { version: 1 } as StageTestRun['live'],
  bounds: boundsOf(useCase, name),
  at: new Date(0),
});

describe('tests of a stage', () => {
  test('are refused by name where the endpoint is asynchronous', async () => {
    await expect(runStageTests(runOf(parcel.useCase, 'production'))).rejects.toThrow(
      'production of parcel is asynchronous, and the tests wait for answers; its versions are judged by the smoke test',
    );
  });

  test('are not where only another stage is: they look for recorded rows next', async () => {
    await expect(runStageTests(runOf(parcel.useCase, 'staging'))).rejects.toThrow('version 1 names no execution');
  });
});
