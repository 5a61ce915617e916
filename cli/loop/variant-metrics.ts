import { GetMetricStatisticsCommand, type Datapoint } from '@aws-sdk/client-cloudwatch';
import type { Clients } from '../shared/clients';

/** What CloudWatch knows of one variant. */
export interface VariantMetrics {
  readonly invocations: number;
  /** Share of requests that the model could not answer (5xx); undefined without requests. */
  readonly errorRate?: number;
  /** Time in the model in milliseconds; undefined without requests. */
  readonly p50?: number;
  readonly p95?: number;
}

export interface VariantWindow {
  readonly endpoint: string;
  readonly endpoint_config: string;
  readonly variant: string;
  readonly start: string;
  readonly end: string;
}

/** Invocations, errors and latency of a variant during a window, one number each. */
export async function readVariantMetrics(clients: Clients, window: VariantWindow): Promise<VariantMetrics> {
  const [invocations, errors] = await Promise.all([
    read(clients, window, 'Invocations', 'Sum'),
    read(clients, window, 'Invocation5XXErrors', 'Sum'),
  ]);
  const count = invocations?.Sum ?? 0;
  if (count === 0) return { invocations: 0 };
  const latency = await read(clients, window, 'ModelLatency');
  const at = (name: string): number | undefined => {
    const value = latency?.ExtendedStatistics?.[name];
    return value === undefined ? undefined : value / 1000;
  };
  return { invocations: count, errorRate: (errors?.Sum ?? 0) / count, p50: at('p50'), p95: at('p95') };
}

async function read(
  { cloudwatch }: Clients,
  { endpoint, endpoint_config, variant, start, end }: VariantWindow,
  MetricName: string,
  statistic?: 'Sum',
): Promise<Datapoint | undefined> {
  const from = Math.floor(Date.parse(start) / 60_000) * 60_000;
  // One period that covers the whole window, so that percentiles are those of all requests.
  const length = Math.max(1, Math.ceil((Date.parse(end) + 60_000 - from) / 60_000)) * 60;
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/SageMaker',
      MetricName,
      Dimensions: [
        { Name: 'EndpointName', Value: endpoint },
        { Name: 'VariantName', Value: variant },
        { Name: 'EndpointConfigName', Value: endpoint_config },
      ],
      StartTime: new Date(from),
      EndTime: new Date(from + length * 1000),
      Period: length,
      ...(statistic === undefined ? { ExtendedStatistics: ['p50', 'p95'] } : { Statistics: [statistic] }),
    }),
  );
  return Datapoints[0];
}
