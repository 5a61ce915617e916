import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { EndpointStateChange } from '../../contracts/events';
import { deploymentNamespace, metricDimensions, metricNames } from '../../contracts/metrics';
import type { Context } from './context';

const underWay: readonly string[] = ['CREATING', 'UPDATING', 'SYSTEM_UPDATING', 'ROLLING_BACK'];
const failed: readonly string[] = ['FAILED', 'ROLLING_BACK', 'UPDATE_ROLLBACK_FAILED'];

/**
 * Makes the state of the endpoint a metric: while a deployment runs, two models answer, and drift alarms must not act on
 * that mixture. Failures are counted for the delivery metrics of the dashboard; what went live is counted by its manifest,
 * because an endpoint that was rolled back is in service again, too.
 */
export async function recordRollout(context: Context, event: EndpointStateChange): Promise<string> {
  const { cloudwatch, endpointName } = context;
  const { EndpointStatus: status } = event.detail;
  const metric = (MetricName: string, Value: number) => ({
    MetricName,
    Value,
    Timestamp: new Date(event.time),
    Unit: 'Count' as const,
    Dimensions: [{ Name: metricDimensions.endpoint, Value: endpointName }],
  });
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: deploymentNamespace,
      MetricData: [
        metric(metricNames.deploymentRunning, underWay.includes(status) ? 1 : 0),
        ...(failed.includes(status) ? [metric(metricNames.deploymentFailures, 1)] : []),
      ],
    }),
  );
  return `${endpointName} is ${status}`;
}
