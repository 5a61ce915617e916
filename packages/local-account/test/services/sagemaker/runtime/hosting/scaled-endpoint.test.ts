import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { DeregisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { clientConfig } from '../../../../support/clients';
import { Laptop } from '../../../../support/laptop';
import { createConfig, createEndpoint, createModel, updateEndpoint, variant } from '../../../../support/serving';

const target = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/live/variant/AllTraffic',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

describe('an endpoint whose variant is a scalable target', () => {
  let laptop: Laptop;
  let scaling: ApplicationAutoScalingClient;
  const update = (config: string) => updateEndpoint(laptop, 'live', config);

  beforeAll(async () => {
    laptop = await Laptop.start();
    scaling = new ApplicationAutoScalingClient(clientConfig(laptop.account));
    await createModel(laptop, 'one');
    await createConfig(laptop, 'first', [variant('one')]);
    await createConfig(laptop, 'second', [variant('one')]);
    await createConfig(laptop, 'larger', [variant('one', { InstanceType: 'ml.m5.xlarge' })]);
    await createConfig(laptop, 'renamed', [variant('one', { VariantName: 'Other' })]);
    await createEndpoint(laptop, 'live', 'first');
    await laptop.account.clock.settled();
    await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 2 }));
  });
  afterAll(() => laptop.stop());

  test.each(['larger', 'renamed'])('takes no update to the configuration %s', async (config) => {
    await expect(update(config)).rejects.toThrow(
      'The variant(s) "[AllTraffic]" must be deregistered as scalable targets with AWS Auto Scaling before they can be removed or have their instance type updated.',
    );
  });

  test('takes one that keeps the instance type, and any once the target is gone', async () => {
    await update('second');
    await laptop.account.clock.settled();
    await scaling.send(new DeregisterScalableTargetCommand(target));
    await update('larger');
    await laptop.account.clock.settled();
  });
});
