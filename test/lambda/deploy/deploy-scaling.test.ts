import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { deployWorld } from './deploy-world';

const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`;

function scaledWorld() {
  const autoscaling = new ApplicationAutoScalingClient({ region: 'eu-west-1' });
  const scaling = mockClient(autoscaling);
  const order: string[] = [];
  const note = (what: string) => () => {
    order.push(what);
    return {};
  };
  scaling.on(RegisterScalableTargetCommand).callsFake(note('register'));
  scaling.on(PutScalingPolicyCommand).callsFake(note('policy'));
  scaling.on(DeregisterScalableTargetCommand).callsFake(note('deregister'));
  const world = deployWorld({ autoscaling, autoscaled: { min: 2, max: 4, invocations_per_instance: 100 } });
  return { ...world, scaling, order };
}

beforeEach(() => jest.spyOn(console, 'log').mockImplementation());
afterEach(() => jest.restoreAllMocks());

describe('a deployment whose fleet cannot be scaled', () => {
  const denied = Object.assign(new Error('is not authorized to perform: cloudwatch:PutMetricAlarm'), {
    name: 'AccessDeniedException',
  });

  test('ends and is reported before the function fails, so that a retry only has the scaling left', async () => {
    const { approve, event, endpoint, subjects, scaling, s3, live } = scaledWorld();
    scaling.on(PutScalingPolicyCommand).rejects(denied);
    await approve(1, at(0));
    endpoint.arrive();
    await expect(event(at(5))).rejects.toThrow('cloudwatch:PutMetricAlarm');
    expect(live()?.version).toBe(1);
    expect(s3.keys('artifacts/loans/markers/').filter((key) => key.endsWith('/done.json'))).toHaveLength(1);
    expect(subjects()).toEqual([
      '[loans] version 1 serves in production',
      '[loans] the endpoint in production is not scaled automatically',
    ]);
  });

  test('is scaled by another approval once the cause is gone, and reported once', async () => {
    const { approve, event, endpoint, subjects, scaling, order } = scaledWorld();
    scaling.on(PutScalingPolicyCommand).rejects(denied);
    await approve(1, at(0));
    endpoint.arrive();
    await expect(event(at(5))).rejects.toThrow();
    await expect(event(at(5))).rejects.toThrow();
    scaling.on(PutScalingPolicyCommand).callsFake(() => {
      order.push('policy');
      return {};
    });
    await approve(1, at(6));
    await event(at(7));
    expect(order.filter((each) => each === 'policy')).toHaveLength(1);
    expect(subjects()).toHaveLength(2);
  });
});

describe('an update of a scaled fleet', () => {
  async function secondVersion(instance?: string) {
    const world = scaledWorld();
    const { approve, event, endpoint, order, context } = world;
    await approve(1, at(0));
    endpoint.arrive();
    await event(at(1));
    order.length = 0;
    endpoint.mock.on(UpdateEndpointCommand).callsFake(({ EndpointConfigName }: { EndpointConfigName: string }) => {
      order.push('update');
      [endpoint.status, endpoint.pending] = ['Updating', EndpointConfigName];
      return {};
    });
    if (instance !== undefined) Object.assign(context.settings.stage, { instance });
    return world;
  }

  test('keeps the scalable target while the instance type stays', async () => {
    const { approve, order } = await secondVersion();
    await approve(2, at(2));
    expect(order).toEqual(['update']);
  });

  test('takes the target away before an update to another instance type, which SageMaker would refuse', async () => {
    const { approve, event, endpoint, order } = await secondVersion('ml.c5.xlarge');
    await approve(2, at(2));
    expect(order).toEqual(['deregister', 'update']);
    endpoint.arrive();
    await event(at(3));
    expect(order).toEqual(['deregister', 'update', 'register', 'policy']);
  });

  test('is scaled again after a rollback to the old instance type', async () => {
    const { approve, event, endpoint, order } = await secondVersion('ml.c5.xlarge');
    await approve(2, at(2));
    endpoint.rollBack();
    await event(at(3));
    expect(order).toEqual(['deregister', 'update', 'register', 'policy']);
  });

  test('takes the target away when the use case asks for no scaling any more, and minds none that is gone', async () => {
    const { approve, order, context, scaling } = await secondVersion();
    Object.assign(context.settings.stage, { autoscaling: undefined });
    scaling.on(DeregisterScalableTargetCommand).callsFake(() => {
      order.push('deregister');
      throw new ObjectNotFoundException({ $metadata: {}, message: 'No scalable target found' });
    });
    await approve(2, at(2));
    expect(order).toEqual(['deregister', 'update']);
  });
});

describe('a clean-up that fails', () => {
  test('does not keep the deployment from ending, and is done again', async () => {
    const { approve, event, endpoint, subjects, alarms, failAlarmDeletion } = deployWorld();
    await approve(1, at(0));
    endpoint.arrive();
    failAlarmDeletion(new Error('throttled'));
    await expect(event(at(5))).rejects.toThrow('throttled');
    expect(subjects()).toEqual(['[loans] version 1 serves in production']);
    failAlarmDeletion(undefined);
    const before = alarms.calls().length;
    await event(at(6));
    expect(alarms.calls().length).toBeGreaterThan(before);
  });
});
