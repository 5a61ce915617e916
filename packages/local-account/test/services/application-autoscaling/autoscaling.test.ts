import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { Account } from '../../../src/account';
import type { ModuleFactory } from '../../../src/core/module';
import { applicationAutoscalingModule } from '../../../src/services/application-autoscaling/module';
import { cloudwatchModule } from '../../../src/services/cloudwatch/module';
import { EventSide } from '../../support/event-side';

/** Stands in for SageMaker: one endpoint whose only property is its number of instances. */
function fleet(): { readonly module: ModuleFactory; readonly count: () => number } {
  let instances = 2;
  const module: ModuleFactory = () => ({
    name: 'fleet',
    providers: [],
    services: [
      {
        signingName: 'sagemaker',
        operations: {
          DescribeEndpoint: () => ({
            EndpointConfigName: 'e-v1',
            ProductionVariants: [{ VariantName: 'AllTraffic', DesiredInstanceCount: instances }],
          }),
          UpdateEndpointWeightsAndCapacities: (input) => {
            instances =
              (input.DesiredWeightsAndCapacities as { DesiredInstanceCount: number }[])[0]?.DesiredInstanceCount ??
              instances;
          },
        },
      },
    ],
  });
  return { module, count: () => instances };
}

const target = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/e/variant/AllTraffic',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

describe('an endpoint that tracks invocations per instance', () => {
  const { module, count } = fleet();
  const side = new EventSide();
  const account = new Account({
    folder: side.folder,
    realNow: () => EventSide.start,
    modules: [cloudwatchModule, module, applicationAutoscalingModule],
  });
  let scaling: ApplicationAutoScalingClient;
  beforeAll(async () => {
    side.account = account;
    await account.start();
    scaling = new ApplicationAutoScalingClient(side.config);
    await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 2, MaxCapacity: 5 }));
    const TargetTrackingScalingPolicyConfiguration = {
      TargetValue: 100,
      ScaleInCooldown: 300,
      ScaleOutCooldown: 60,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' as const },
    };
    await scaling.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: 'invocations',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration,
      }),
    );
  });
  afterAll(() => side.down());

  const traffic = async (perInstance: number, minutes: number): Promise<void> => {
    for (let passed = 0; passed < minutes; passed += 1) {
      account.parts.peer('metrics').put('AWS/SageMaker', [
        {
          name: 'InvocationsPerInstance',
          value: perInstance,
          dimensions: { EndpointName: 'e', VariantName: 'AllTraffic' },
        },
      ]);
      await side.advance(1);
    }
  };

  test('has two alarms', async () => {
    const { MetricAlarms = [] } = await side.clients.cloudwatch.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms.map(({ Threshold, EvaluationPeriods }) => [Threshold, EvaluationPeriods])).toEqual([
      [100, 3],
      [90, 15],
    ]);
  });
  test('stays as it is for two busy minutes, grows in proportion after three, and not over its maximum', async () => {
    await traffic(160, 2);
    expect(count()).toBe(2);
    await traffic(160, 1);
    expect(count()).toBe(4);
    await traffic(160, 3);
    expect(count()).toBe(5);
  });
  test('shrinks after fifteen quiet minutes, to its minimum at least', async () => {
    await traffic(10, 14);
    expect(count()).toBe(5);
    await traffic(10, 3);
    expect(count()).toBe(2);
    expect(
      (
        await scaling.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'sagemaker' }))
      ).ScalingActivities?.map((each) => each.Description),
    ).toEqual([
      'Setting desired instance count to 2.',
      'Setting desired instance count to 5.',
      'Setting desired instance count to 4.',
    ]);
  });
  test('forgets policies and alarms with its target', async () => {
    await scaling.send(new DeregisterScalableTargetCommand(target));
    expect(
      (await scaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker' }))).ScalingPolicies,
    ).toEqual([]);
    expect((await side.clients.cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  });
  test.each([
    [
      'another service, by name',
      { ...target, ServiceNamespace: 'ecs' as const, MinCapacity: 1, MaxCapacity: 2 },
      /scaling of ecs/,
    ],
    ['bounds upside down', { ...target, MinCapacity: 3, MaxCapacity: 2 }, /cannot be less than minimum/],
  ])('is refused with %s', async (_title, input, message) => {
    await expect(scaling.send(new RegisterScalableTargetCommand(input))).rejects.toThrow(message);
  });
});

describe('a caller that is a role', () => {
  const { module } = fleet();
  const side = new EventSide();
  const own = ['RegisterScalableTarget', 'PutScalingPolicy', 'DeregisterScalableTarget', 'TagResource'].map(
    (action) => `application-autoscaling:${action}`,
  );
  const validated = [
    ...['DescribeEndpoint', 'DescribeEndpointConfig', 'UpdateEndpointWeightsAndCapacities'].map(
      (action) => `sagemaker:${action}`,
    ),
    ...['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms'].map((action) => `cloudwatch:${action}`),
    'iam:CreateServiceLinkedRole',
  ];
  beforeAll(async () => {
    side.account = new Account({
      folder: side.folder,
      realNow: () => EventSide.start,
      modules: [cloudwatchModule, module, applicationAutoscalingModule],
    });
    await side.account.start();
  });
  afterAll(() => side.down());

  /** Registers, tracks and deregisters as a role with these actions. */
  async function scaleAs(name: string, actions: readonly string[]): Promise<void> {
    const role = await side.role(name, 'lambda.amazonaws.com', actions);
    const keys = side.account.parts.iam.credentialsFor(role);
    const scaling = new ApplicationAutoScalingClient({
      ...side.config,
      credentials: {
        accessKeyId: keys['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: keys['AWS_SECRET_ACCESS_KEY'] ?? '',
        sessionToken: keys['AWS_SESSION_TOKEN'],
      },
    });
    await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 2, MaxCapacity: 5 }));
    await scaling.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: 'invocations',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 100,
          PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        },
      }),
    );
    await scaling.send(new DeregisterScalableTargetCommand(target));
  }

  test.each([...own, ...validated].map((action, index) => [action, index] as const))(
    'is refused without %s',
    async (action, index) => {
      const others = [...own, ...validated].filter((each) => each !== action);
      await expect(scaleAs(`without-${index}`, others)).rejects.toThrow(action);
      // Nothing is half done for the next case.
      side.account.parts.store
        .collection('application-autoscaling.linked-roles')
        .delete('sagemaker.application-autoscaling.amazonaws.com');
    },
  );

  test('scales with its own actions and those that the service validates for it', async () => {
    await expect(scaleAs('complete', [...own, ...validated])).resolves.toBeUndefined();
  });
});
