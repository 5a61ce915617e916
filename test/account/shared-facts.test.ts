import { triggerLimits } from '@mooring/local-account/services/codepipeline';
import { monitorRepository as known } from '@mooring/local-account/src/services/sagemaker/runtime/jobs/spark';
import { monitorRepository } from '@mooring/use-case/sections/compute';
import * as release from '../../contracts/release';

describe('what the product and the local account both know, as neither imports the other', () => {
  test('limits of a release trigger', () => {
    expect(release.triggerLimits).toEqual(triggerLimits);
  });

  test("the repository of the monitor's own image", () => {
    expect(monitorRepository).toBe(known);
  });
});
