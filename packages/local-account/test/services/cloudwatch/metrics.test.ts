import {
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { EventSide } from '../../support/event-side';

let side: EventSide;
beforeEach(async () => {
  side = await new EventSide().up();
});
afterEach(() => side.down());

describe('metric data', () => {
  beforeEach(async () => {
    const { cloudwatch } = side.clients;
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'test',
        MetricData: [
          {
            MetricName: 'latency',
            Values: [1, 2, 3, 4],
            Counts: [1, 1, 1, 97],
            Unit: 'Milliseconds',
            Timestamp: new Date('2026-11-20T08:10:30Z'),
          },
          {
            MetricName: 'latency',
            StatisticValues: { SampleCount: 2, Sum: 20, Minimum: 5, Maximum: 15 },
            Unit: 'Milliseconds',
            Timestamp: new Date('2026-11-20T08:20:00Z'),
          },
          { MetricName: 'rows', Value: 7, Dimensions: [{ Name: 'Endpoint', Value: 'e' }] },
        ],
      }),
    );
  });

  test('gives statistics by period', async () => {
    const { Datapoints = [] } = await side.clients.cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'test',
        MetricName: 'latency',
        StartTime: new Date('2026-11-20T08:00:00Z'),
        EndTime: new Date('2026-11-20T09:00:00Z'),
        Period: 600,
        Statistics: ['Sum', 'SampleCount', 'Maximum', 'Average'],
        ExtendedStatistics: ['p50', 'p1'],
      }),
    );
    expect(Datapoints).toHaveLength(2);
    expect(Datapoints[0]).toMatchObject({
      Timestamp: new Date('2026-11-20T08:10:00Z'),
      SampleCount: 100,
      Sum: 394,
      Maximum: 4,
      Average: 3.94,
      Unit: 'Milliseconds',
      ExtendedStatistics: { p50: 4 },
    });
    expect(Datapoints[1]).toMatchObject({
      Timestamp: new Date('2026-11-20T08:20:00Z'),
      SampleCount: 2,
      Sum: 20,
      Average: 10,
    });
  });

  test('gives metrics and expressions of them', async () => {
    const { MetricDataResults = [] } = await side.clients.cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date('2026-11-20T08:00:00Z'),
        EndTime: new Date('2026-11-20T09:00:00Z'),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          {
            Id: 'm1',
            MetricStat: { Metric: { Namespace: 'test', MetricName: 'latency' }, Period: 600, Stat: 'Maximum' },
          },
          { Id: 'e1', Expression: 'm1 * 10', Label: 'ten times' },
        ],
      }),
    );
    expect(MetricDataResults.map(({ Id, Label, Values }) => [Id, Label, Values])).toEqual([
      ['m1', 'latency', [4, 15]],
      ['e1', 'ten times', [40, 150]],
    ]);
  });

  test('is listed by namespace and dimension', async () => {
    const { Metrics = [] } = await side.clients.cloudwatch.send(
      new ListMetricsCommand({ Namespace: 'test', Dimensions: [{ Name: 'Endpoint' }] }),
    );
    expect(Metrics).toEqual([
      { Namespace: 'test', MetricName: 'rows', Dimensions: [{ Name: 'Endpoint', Value: 'e' }] },
    ]);
  });

  test('is still there after a restart', async () => {
    await side.restart();
    expect(
      (await side.clients.cloudwatch.send(new ListMetricsCommand({}))).Metrics?.map((each) => each.MetricName),
    ).toEqual(['latency', 'rows']);
  });

  test.each([
    [
      'AWS namespaces',
      { Namespace: 'AWS/SageMaker', MetricData: [{ MetricName: 'x', Value: 1 }] },
      /namespaces that start with it are for AWS services/,
    ],
    [
      'values that are no numbers',
      { Namespace: 'test', MetricData: [{ MetricName: 'x', Value: NaN }] },
      /must be a (finite )?number/,
    ],
    [
      'times too long ago',
      { Namespace: 'test', MetricData: [{ MetricName: 'x', Value: 1, Timestamp: new Date('2026-10-01T00:00:00Z') }] },
      /within the last two weeks/,
    ],
    [
      'values with other counts',
      { Namespace: 'test', MetricData: [{ MetricName: 'x', Values: [1, 2], Counts: [1] }] },
      /2 Values and 1 Counts/,
    ],
  ])('refuses %s', async (_title, input, message) => {
    await expect(side.clients.cloudwatch.send(new PutMetricDataCommand(input))).rejects.toThrow(message);
  });

  test('takes and reads 100,000 points in seconds of processor time', async () => {
    const metrics = side.account.parts.peer('metrics');
    const before = process.cpuUsage();
    for (let batch = 0; batch < 1_000; batch += 1) {
      const time = new Date(EventSide.start - batch * 60_000);
      metrics.put(
        'bulk',
        Array.from({ length: 100 }, (_, index) => ({ name: `m${index}`, value: batch, time })),
      );
    }
    const { Datapoints = [] } = await side.clients.cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'bulk',
        MetricName: 'm7',
        StartTime: new Date(EventSide.start - 1_000 * 60_000),
        EndTime: new Date(EventSide.start + 60_000),
        Period: 3600,
        Statistics: ['Sum', 'SampleCount'],
      }),
    );
    expect(Datapoints.reduce((total, each) => total + (each.SampleCount ?? 0), 0)).toBe(1_000);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(10);
  });
});

describe('a dashboard', () => {
  test('is kept as it was put', async () => {
    const DashboardBody = JSON.stringify({ widgets: [{ type: 'text', properties: { markdown: 'hello' } }] });
    await side.clients.cloudwatch.send(new PutDashboardCommand({ DashboardName: 'd', DashboardBody }));
    expect((await side.clients.cloudwatch.send(new GetDashboardCommand({ DashboardName: 'd' }))).DashboardBody).toBe(
      DashboardBody,
    );
    expect(
      (await side.clients.cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries?.map(
        (each) => each.DashboardName,
      ),
    ).toEqual(['d']);
  });
  test('with an unknown widget is refused', async () => {
    await expect(
      side.clients.cloudwatch.send(
        new PutDashboardCommand({ DashboardName: 'd', DashboardBody: '{"widgets":[{"type":"video"}]}' }),
      ),
    ).rejects.toThrow(/widgets\/0\/type/);
  });
});
