import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { EndpointStateChange } from '../../contracts/events';
import { deploymentNamespace, metricDimensions, metricNames } from '../../contracts/metrics';
import type { Context } from './context';

/** Makes it a metric whether the endpoint serves, because an alarm can only watch metrics. */
export async function recordServiceState(
  { cloudwatch, endpointName }: Context,
  event: EndpointStateChange,
): Promise<void> {
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: deploymentNamespace,
      MetricData: [
        {
          MetricName: metricNames.outOfService,
          // After a failed rollback the old fleet may still answer, but nobody can say so.
          Value: event.detail.EndpointStatus === 'IN_SERVICE' ? 0 : 1,
          Timestamp: new Date(event.time),
          Unit: 'Count',
          Dimensions: [{ Name: metricDimensions.endpoint, Value: endpointName }],
        },
      ],
    }),
  );
}
