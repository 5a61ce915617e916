import { PutMetricAlarmCommand, CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { Laptop } from '../../../../support/laptop';
import {
  createConfig,
  createEndpoint,
  createModel,
  endpointOf,
  invoke,
  updateEndpoint,
  variant,
} from '../../../../support/serving';
import { clientConfig } from '../../../../support/clients';

const two = { InitialInstanceCount: 2 };

const canary = (alarms: readonly string[] = []): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      Type: 'CANARY',
      CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
      WaitIntervalInSeconds: 600,
    },
    TerminationWaitInSeconds: 300,
    MaximumExecutionTimeoutInSeconds: 3600,
  },
  ...(alarms.length === 0 ? {} : { AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) } }),
});

async function answers(laptop: Laptop, count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let each = 0; each < count; each += 1) {
    const who = await invoke(laptop, 'live', 'x').then(
      (answer) => answer.text.split(',')[0] ?? '',
      () => 'error',
    );
    seen[who] = (seen[who] ?? 0) + 1;
  }
  return seen;
}

describe('an update with a canary', () => {
  let laptop: Laptop;

  beforeAll(async () => {
    laptop = await Laptop.start();
    for (const name of ['old', 'fresh', 'broken']) {
      await createModel(laptop, name);
      await createConfig(laptop, name, [variant(name, two)]);
    }
  });
  afterAll(() => laptop.stop());
  beforeEach(async () => {
    await createEndpoint(laptop, 'live', 'old');
    await laptop.account.clock.settled();
  });
  afterEach(async () => {
    await laptop.account.parts.call(
      'sagemaker',
      'DeleteEndpoint',
      { EndpointName: 'live' },
      laptop.account.parts.iam.administrator,
    );
    await laptop.account.clock.settled();
  });

  test('gives the new fleet its share, then everything, then ends the old fleet', async () => {
    await updateEndpoint(laptop, 'live', 'fresh', { DeploymentConfig: canary() });
    expect(await endpointOf(laptop, 'live')).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'old',
      PendingDeploymentSummary: { EndpointConfigName: 'fresh' },
    });
    const mixed = await answers(laptop, 40);
    expect(mixed['old']).toBeGreaterThan(8);
    expect(mixed['fresh']).toBeGreaterThan(8);
    await laptop.account.clock.advance(601_000);
    expect(await answers(laptop, 10)).toEqual({ fresh: 10 });
    expect((await endpointOf(laptop, 'live')).EndpointStatus).toBe('Updating');
    await laptop.account.clock.advance(300_000);
    expect(await endpointOf(laptop, 'live')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'fresh',
    });
  });

  test('is rolled back when its alarm goes off: InService on the old configuration, and the reason is reported', async () => {
    const alarms = new CloudWatchClient(clientConfig(laptop.account));
    await alarms.send(
      new PutMetricAlarmCommand({
        AlarmName: 'live-errors',
        Namespace: 'AWS/SageMaker',
        MetricName: 'Invocation5XXErrors',
        Dimensions: [
          { Name: 'EndpointName', Value: 'live' },
          { Name: 'VariantName', Value: 'AllTraffic' },
          { Name: 'EndpointConfigName', Value: 'broken' },
        ],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
    await updateEndpoint(laptop, 'live', 'broken', { DeploymentConfig: canary(['live-errors']) });
    const mixed = await answers(laptop, 30);
    // The alarm may go off with the very first failed request: no more than the canary's share fails.
    expect(mixed['error']).toBeGreaterThan(0);
    expect(mixed['old']).toBeGreaterThan(8);
    await laptop.account.clock.advance(180_000);
    const endpoint = await endpointOf(laptop, 'live');
    expect(endpoint).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'old' });
    expect(endpoint.FailureReason).toContain("alarm 'live-errors' went to ALARM");
    expect(await answers(laptop, 10)).toEqual({ old: 10 });
    const states = laptop.account.trace
      .read()
      .flatMap((each) => (each.type === 'endpoint.status' ? [(each.data as { status: string }).status] : []));
    expect(states.slice(-3)).toEqual(['Updating', 'RollingBack', 'InService']);
  });

  test('is taken up again after a restart in the middle', async () => {
    await updateEndpoint(laptop, 'live', 'fresh', { DeploymentConfig: canary() });
    await laptop.restart();
    await laptop.account.clock.settled();
    await laptop.account.clock.advance(901_000);
    expect(await endpointOf(laptop, 'live')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'fresh',
    });
  });

  test('refuses a second update and limits that the service has', async () => {
    await updateEndpoint(laptop, 'live', 'fresh', { DeploymentConfig: canary() });
    await expect(updateEndpoint(laptop, 'live', 'broken')).rejects.toThrow('Cannot update in-progress endpoint');
    await laptop.account.clock.advance(901_000);
    const short = canary();
    await expect(
      updateEndpoint(laptop, 'live', 'old', {
        DeploymentConfig: {
          ...short,
          BlueGreenUpdatePolicy: { ...short.BlueGreenUpdatePolicy, MaximumExecutionTimeoutInSeconds: 600 } as never,
        },
      }),
    ).rejects.toThrow('must be larger than the sum of the waits (900)');
  });
});
