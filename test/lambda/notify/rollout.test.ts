import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import type { EndpointStateChange } from '../../../contracts/events';
import type { Context } from '../../../lambda/notify/context';
import { recordRollout } from '../../../lambda/notify/rollout';

const cloudwatch = new CloudWatchClient({});
const mock = mockClient(cloudwatch);
const context = { cloudwatch, endpointName: 'loans-endpoint' } as unknown as Context;
const event = (EndpointStatus: string): EndpointStateChange =>
  ({ time: '2026-03-01T12:00:00Z', detail: { EndpointName: 'loans-endpoint', EndpointStatus } }) as EndpointStateChange;

describe('an endpoint that is', () => {
  test.each([
    ['UPDATING', { deployment_running: 1 }],
    ['IN_SERVICE', { deployment_running: 0 }],
    ['ROLLING_BACK', { deployment_running: 1, deployment_failures: 1 }],
    ['FAILED', { deployment_running: 0, deployment_failures: 1 }],
  ])('%s is counted', async (status, expected) => {
    mock.reset();
    mock.on(PutMetricDataCommand).resolves({});
    await recordRollout(context, event(status));
    const { Namespace, MetricData = [] } = mock.commandCalls(PutMetricDataCommand)[0]?.args[0].input ?? {};
    expect(Namespace).toBe('mooring/deployments');
    expect(Object.fromEntries(MetricData.map((each) => [each.MetricName, each.Value]))).toEqual(expected);
  });
});
