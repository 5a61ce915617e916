import { deploymentPolicy, guardrailAlarms } from '../../../lambda/deploy/policy';

describe('the deployment policy', () => {
  test.each([
    ['all at once', { type: 'all-at-once', bake: '5m' }, { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 300 }, 2400],
    [
      'canary',
      { type: 'canary', percent: 10, bake: '10m' },
      { Type: 'CANARY', CanarySize: { Type: 'CAPACITY_PERCENT', Value: 10 }, WaitIntervalInSeconds: 600 },
      3000,
    ],
    [
      'linear',
      { type: 'linear', percent: 25, bake: '10m' },
      { Type: 'LINEAR', LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 25 }, WaitIntervalInSeconds: 600 },
      4200,
    ],
  ] as const)('shifts %s, with a timeout that exceeds all waits', (_name, shift, routing, timeout) => {
    expect(deploymentPolicy(shift, ['a']).BlueGreenUpdatePolicy).toEqual({
      TrafficRoutingConfiguration: routing,
      TerminationWaitInSeconds: 0,
      MaximumExecutionTimeoutInSeconds: timeout,
    });
  });

  test('rolls batch by batch without a second fleet', () => {
    expect(deploymentPolicy({ type: 'rolling', percent: 20, bake: '5m' }, ['a'])).toEqual({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'a' }] },
      RollingUpdatePolicy: {
        MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 20 },
        WaitIntervalInSeconds: 300,
        MaximumExecutionTimeoutInSeconds: 3300,
      },
    });
  });

  test('stays within the eight hours that SageMaker allows', () => {
    const policy = deploymentPolicy({ type: 'linear', percent: 13, bake: '1h' }, []);
    expect(policy.BlueGreenUpdatePolicy?.MaximumExecutionTimeoutInSeconds).toBe(28_800);
  });
});

test('guardrails look at the new configuration, wait for more than a cold start, and fit the ten that a deployment may have', () => {
  const alarms = guardrailAlarms('loans-endpoint', 'loans-endpoint-v2-0a1b2c3d');
  expect(alarms.length).toBeLessThanOrEqual(10);
  for (const alarm of alarms)
    expect(alarm.Dimensions?.at(-1)).toEqual({ Name: 'EndpointConfigName', Value: 'loans-endpoint-v2-0a1b2c3d' });
  expect(alarms.find((each) => each.MetricName === 'ModelLatency')?.EvaluationPeriods).toBe(3);
});
