import type { AccountParts } from '../../../../core/module';
import type { MetricPoint } from '../../../shared/peers';

/** Publishes AWS/SageMaker metrics of invocations, per variant and again per endpoint configuration. */
export class InvocationMetrics {
  constructor(private readonly account: AccountParts) {}

  /**
   * @param instances of the variant: each request counts one part of as many in InvocationsPerInstance
   * @param status of the container's answer
   * @param modelMicroseconds time in the model
   * @param overheadMicroseconds time around it
   */
  invoked(
    endpoint: string,
    variant: string,
    config: string,
    instances: number,
    status: number,
    modelMicroseconds: number,
    overheadMicroseconds: number,
  ): void {
    const metrics = this.account.findPeer('metrics');
    if (metrics === undefined) return;
    const dimensions = { EndpointName: endpoint, VariantName: variant };
    const values: readonly (readonly [string, number, string])[] = [
      ['Invocations', 1, 'None'],
      ['InvocationsPerInstance', 1 / Math.max(1, instances), 'None'],
      ['Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0, 'None'],
      ['Invocation5XXErrors', status >= 500 ? 1 : 0, 'None'],
      ['InvocationModelErrors', status >= 400 ? 1 : 0, 'None'],
      ['ModelLatency', modelMicroseconds, 'Microseconds'],
      ['OverheadLatency', overheadMicroseconds, 'Microseconds'],
    ];
    const points: MetricPoint[] = [dimensions, { ...dimensions, EndpointConfigName: config }].flatMap((each) =>
      values.map(([name, value, unit]) => ({ name, value, unit, dimensions: each })),
    );
    metrics.put('AWS/SageMaker', points);
  }
}
