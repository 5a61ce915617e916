import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { endpointStateChange } from '../../../contracts/events';
import inService from '../../../contracts/events/fixtures/endpoint-in-service.json';
import { recordServiceState } from '../../../lambda/deploy/service-state';
import { deployWorld } from './deploy-world';

test.each([
  ['IN_SERVICE', 0],
  ['FAILED', 1],
  ['OUT_OF_SERVICE', 1],
  ['UPDATE_ROLLBACK_FAILED', 1],
  ['DELETED', 1],
])('an endpoint that is %s counts %i out of service, at the time of the event', async (EndpointStatus, value) => {
  const { context, alarms } = deployWorld();
  const detail = { ...inService.detail, EndpointStatus };
  await recordServiceState(context, endpointStateChange.parse({ ...inService, detail }));
  const [sent] = alarms.commandCalls(PutMetricDataCommand).map((call) => call.args[0].input.MetricData?.[0]);
  expect(sent).toMatchObject({
    MetricName: 'out_of_service',
    Value: value,
    Timestamp: new Date(inService.time),
    Dimensions: [{ Name: 'Endpoint', Value: 'loans-endpoint' }],
  });
});
