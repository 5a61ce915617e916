import { InvocationMetrics } from '../../../../../src/services/sagemaker/runtime/hosting/invocation-metrics';
import type { AccountParts } from '../../../../../src/core/module';
import type { MetricPoint } from '../../../../../src/services/shared/peers';

test('a request counts one part of as many in InvocationsPerInstance as the variant has instances', () => {
  const put: MetricPoint[] = [];
  const metrics = { put: (_namespace: string, points: readonly MetricPoint[]) => void put.push(...points) };
  const account = { findPeer: () => metrics } as unknown as AccountParts;
  new InvocationMetrics(account).invoked('live', 'AllTraffic', 'config', 4, 200, 1000, 10);
  const seen = (name: string): readonly number[] => put.filter((each) => each.name === name).map((each) => each.value);
  // Once by variant, once by configuration as well.
  expect(seen('InvocationsPerInstance')).toEqual([0.25, 0.25]);
  expect(seen('Invocations')).toEqual([1, 1]);
});
