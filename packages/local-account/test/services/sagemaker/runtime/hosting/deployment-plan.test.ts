import { deploymentPlan } from '../../../../../src/services/sagemaker/runtime/hosting/deployment-plan';

const blueGreen = (
  routing: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({ BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing, ...more } });
const percent = (Value: number): Record<string, unknown> => ({ Type: 'CAPACITY_PERCENT', Value });

describe('a deployment plan', () => {
  test('without a policy moves everything at once', () => {
    expect(deploymentPlan({}, 1).shifts).toEqual([{ share: 1, waitSeconds: 0 }]);
  });

  test('bakes all-at-once for the termination wait', () => {
    expect(deploymentPlan(blueGreen({ Type: 'ALL_AT_ONCE' }, { TerminationWaitInSeconds: 300 }), 1).shifts).toEqual([
      { share: 1, waitSeconds: 300 },
    ]);
  });

  test('shifts linearly in steps of the fleet', () => {
    const plan = deploymentPlan(
      blueGreen(
        { Type: 'LINEAR', WaitIntervalInSeconds: 60, LinearStepSize: percent(25) },
        { TerminationWaitInSeconds: 120 },
      ),
      4,
    );
    expect(plan.shifts).toEqual([
      { share: 0.25, waitSeconds: 60 },
      { share: 0.5, waitSeconds: 60 },
      { share: 0.75, waitSeconds: 60 },
      { share: 1, waitSeconds: 120 },
    ]);
  });

  test('rolls in batches that each bake', () => {
    const plan = deploymentPlan(
      { RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 30 } },
      2,
    );
    expect(plan.shifts).toEqual([
      { share: 0.5, waitSeconds: 30 },
      { share: 1, waitSeconds: 30 },
    ]);
  });

  test('makes a canary of a single instance all-at-once with the same waits', () => {
    expect(
      deploymentPlan(
        blueGreen(
          { Type: 'CANARY', WaitIntervalInSeconds: 60, CanarySize: percent(10) },
          { TerminationWaitInSeconds: 60 },
        ),
        1,
      ).shifts,
    ).toEqual([{ share: 1, waitSeconds: 120 }]);
  });

  test.each([
    [blueGreen({ Type: 'CANARY', CanarySize: percent(75) }), 4, 'half of the fleet'],
    [blueGreen({ Type: 'LINEAR', LinearStepSize: percent(5) }), 40, 'from 10 to 50 percent'],
    [blueGreen({ Type: 'SUDDEN' }), 2, 'ALL_AT_ONCE, CANARY or LINEAR'],
    [{ RollingUpdatePolicy: { MaximumBatchSize: percent(80) } }, 10, 'from 5 to 50 percent'],
    [blueGreen({ Type: 'ALL_AT_ONCE' }, { TerminationWaitInSeconds: 4000 }), 1, '3600 at most'],
    [blueGreen({ Type: 'ALL_AT_ONCE' }, { MaximumExecutionTimeoutInSeconds: 30 }), 1, 'from 600 to 28800'],
    [blueGreen({ Type: 'CANARY', CanarySize: { Type: 'INSTANCE_COUNT', Value: 9 } }), 2, 'does not fit a fleet of 2'],
  ])('refuses what is out of limits (%#)', (config, instances, message) => {
    expect(() => deploymentPlan(config, instances)).toThrow(message);
  });
});
