import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { stackNames } from '../../../contracts/names';
import { root, testUseCases } from '../../support/app';
import { properties, synthTemplates } from '../../support/templates';

const { template, outdir } = synthTemplates([...testUseCases(), ...loadUseCases(join(root, 'test/support/trials'))]);
afterAll(() => rmSync(outdir, { recursive: true }));

const alarms = (useCase: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> =>
  new Map(
    properties(template(stackNames.serving(useCase)), 'AWS::CloudWatch::Alarm').map((each) => [
      String(each['AlarmName']).replace(`${useCase}-endpoint-`, ''),
      each,
    ]),
  );
const common = ['errors', 'latency', 'model-errors', 'out-of-service', 'outage'];

describe('an endpoint without a front door', () => {
  test.each(['loans', 'prices', 'ferry', 'umbra', 'vapour', 'versus', 'parcel'])(
    '(%s) has alarms on errors, model errors, latency and outage that somebody hears',
    (useCase) => {
      const found = alarms(useCase);
      expect([...found.keys()]).toEqual(expect.arrayContaining(common));
      for (const each of common) expect(found.get(each)?.['AlarmActions']).toHaveLength(1);
    },
  );

  test('is judged by shares of its requests, and by microseconds', () => {
    const found = alarms('loans');
    const judged = (name: string) => {
      const { MetricName, Statistic, ExtendedStatistic, Threshold, ComparisonOperator } = found.get(name) ?? {};
      return [MetricName, Statistic ?? ExtendedStatistic, ComparisonOperator, Threshold];
    };
    expect(judged('errors')).toEqual(['Invocation5XXErrors', 'Average', 'GreaterThanThreshold', 0.01]);
    expect(judged('model-errors')).toEqual(['InvocationModelErrors', 'Average', 'GreaterThanThreshold', 0.05]);
    expect(judged('latency')).toEqual(['ModelLatency', 'p95', 'GreaterThanThreshold', 1_000_000]);
    expect(judged('outage')).toEqual(['InvocationModelErrors', 'Average', 'GreaterThanOrEqualToThreshold', 1]);
    expect(judged('out-of-service')).toEqual(['out_of_service', 'Minimum', 'GreaterThanThreshold', 0]);
  });
});

test('a version on trial has alarms of its own', () => {
  expect([...alarms('versus').keys()]).toEqual(
    expect.arrayContaining(['challenger-errors', 'challenger-model-errors', 'challenger-latency']),
  );
  expect([...alarms('umbra').keys()]).toEqual(expect.arrayContaining(['shadow-errors', 'shadow-latency']));
});

test('an asynchronous endpoint is judged by how long requests wait', () => {
  const { MetricName, Threshold, Dimensions } = alarms('parcel').get('latency') ?? {};
  expect([MetricName, Threshold, Dimensions]).toEqual([
    'ApproximateAgeOfOldestRequest',
    900,
    [{ Name: 'EndpointName', Value: 'parcel-endpoint' }],
  ]);
});
