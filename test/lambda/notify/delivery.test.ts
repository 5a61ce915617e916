import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribePipelineExecutionCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import type { AlarmStateChange, ObjectCreated } from '../../../contracts/events';
import type { Context } from '../../../lambda/notify/context';
import { recordDelivery, recordRestored } from '../../../lambda/notify/delivery';

const [cloudwatch, sagemaker, s3] = [new CloudWatchClient({}), new SageMakerClient({}), new S3Client({})];
const mocks = { cloudwatch: mockClient(cloudwatch), sagemaker: mockClient(sagemaker), s3: mockClient(s3) };
const context = {
  cloudwatch,
  sagemaker,
  artifacts: { s3, name: 'artifacts' },
  endpointName: 'loans-endpoint',
} as unknown as Context;

const published = (): Record<string, number | undefined> =>
  Object.fromEntries(
    mocks.cloudwatch
      .commandCalls(PutMetricDataCommand)
      .flatMap((call) => call.args[0].input.MetricData ?? [])
      .map((each) => [each.MetricName, each.Value]),
  );

const wentLive = (manifest: Readonly<Record<string, unknown>>): Promise<string> => {
  mocks.s3.on(GetObjectCommand).resolves({
    Body: { transformToString: () => Promise.resolve(JSON.stringify(manifest)) } as never,
  });
  return recordDelivery(context, {
    detail: { bucket: { name: 'artifacts' }, object: { key: 'loans/live/production/manifest.json' } },
  } as ObjectCreated);
};

beforeEach(() => {
  for (const mock of Object.values(mocks)) mock.reset();
  mocks.cloudwatch.on(PutMetricDataCommand).resolves({});
  mocks.sagemaker.on(DescribePipelineExecutionCommand).resolves({ CreationTime: new Date('2026-03-01T10:00:00Z') });
});

describe('a version that went live', () => {
  const manifest = { version: 3, deployed_at: '2026-03-01T12:00:00Z', execution_arn: 'arn:execution/x' };

  test('is counted with its number and the time since its training began', async () => {
    expect(await wentLive({ ...manifest, previous: { version: 2 } })).toBe('version 3 is live');
    expect(published()).toEqual({ deployments: 1, live_version: 3, lead_time_seconds: 7_200 });
  });

  test('has no lead time when it is an old one that came back', async () => {
    await wentLive({ ...manifest, previous: { version: 4 } });
    expect(published()).toEqual({ deployments: 1, live_version: 3 });
  });

  test('has no lead time when its execution is gone, and is counted all the same', async () => {
    const gone = Object.assign(new Error('no such execution'), { name: 'ResourceNotFound' });
    mocks.sagemaker.on(DescribePipelineExecutionCommand).rejects(gone);
    await wentLive(manifest);
    expect(published()).toEqual({ deployments: 1, live_version: 3 });
  });

  test('is tried again when the service cannot tell', async () => {
    mocks.sagemaker.on(DescribePipelineExecutionCommand).rejects(new Error('throttled'));
    await expect(wentLive(manifest)).rejects.toThrow('throttled');
  });
});

describe('a drift alarm that ended', () => {
  const ended = (previous: string | undefined): Promise<string> =>
    recordRestored(context, {
      detail: {
        alarmName: 'loans-drift',
        state: { value: 'OK', timestamp: '2026-03-02T06:00:00.000+0000' },
        previousState: previous === undefined ? undefined : { value: 'ALARM', timestamp: previous },
      },
    } as AlarmStateChange);

  test('is counted with the time for which it was in ALARM', async () => {
    await ended('2026-03-02T00:00:00.000+0000');
    expect(published()).toEqual({ time_to_restore_seconds: 21_600 });
  });

  test('of which nobody knows the beginning is not counted', async () => {
    await ended(undefined);
    expect(published()).toEqual({});
  });
});
