import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { EventSide } from './fixture';

let side: EventSide;
beforeEach(async () => {
  side = await new EventSide().up();
});
afterEach(() => side.down());

const state = (name: string): string | undefined => side.account.parts.peer('alarms').stateOf(name);
const changes = (name: string): readonly string[] =>
  side
    .traces('alarm.changed')
    .filter((each) => each.alarm === name)
    .map((each) => each.to);
const value = (MetricName: string, Value: number): Promise<unknown> =>
  side.clients.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'test', MetricData: [{ MetricName, Value }] }));

function alarm(name: string, more: Partial<PutMetricAlarmCommandInput> = {}): Promise<unknown> {
  return side.clients.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: 'test',
      MetricName: name,
      Statistic: 'Average',
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...more,
    }),
  );
}

describe('an hourly alarm', () => {
  test('fires in the same advance in which the metric came, and holds for the evaluation range', async () => {
    await alarm('m');
    await side.advance(59);
    expect(state('m')).toBe('OK');
    side.account.clock.after(60_000, 'run', () => value('m', 2).then(() => undefined));
    await side.advance(1);
    expect(state('m')).toBe('ALARM');
    // One period with data out of the three that are looked at is enough, as in CloudWatch.
    await side.advance(179);
    expect(state('m')).toBe('ALARM');
    await side.advance(2);
    expect(state('m')).toBe('OK');
  });

  test('needs as many breaching datapoints as it says', async () => {
    await alarm('m', { EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    for (const each of [2, 0, 2]) {
      await side.advance(60);
      await value('m', each);
    }
    await side.advance(1);
    expect(changes('m')).toEqual(['OK', 'ALARM']);
    expect(side.traces('alarm.changed').at(-1)?.reason).toMatch(
      /^Threshold Crossed: 3 out of the last 3 datapoints \[2\.0 .*, 0\.0 .*, 2\.0 .*\] were greater than the threshold \(1\.0\) \(minimum 2 datapoints for OK -> ALARM transition\)\.$/,
    );
  });

  test.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['ignore', 'INSUFFICIENT_DATA'],
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
  ])('without any data, %s, is %s', async (TreatMissingData, expected) => {
    await alarm('m', { TreatMissingData });
    expect(state('m')).toBe('INSUFFICIENT_DATA');
    await side.advance(2);
    expect(state('m')).toBe(expected);
  });

  test('is not touched by a metric with other dimensions, another name or another namespace', async () => {
    await alarm('m', { Dimensions: [{ Name: 'Endpoint', Value: 'e' }] });
    const send = (Namespace: string, MetricName: string, Name: string, Value: string): Promise<unknown> =>
      side.clients.cloudwatch.send(
        new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Value: 9, Dimensions: [{ Name, Value }] }] }),
      );
    await send('test', 'm', 'EndpointName', 'e');
    await send('test', 'm', 'Endpoint', 'other');
    await send('test', 'M', 'Endpoint', 'e');
    await send('/test', 'm', 'Endpoint', 'e');
    await value('m', 9);
    await side.advance(2);
    expect(state('m')).toBe('OK');
    await send('test', 'm', 'Endpoint', 'e');
    await side.advance(0);
    expect(state('m')).toBe('ALARM');
  });

  test('keeps its state and its timers over a restart', async () => {
    await alarm('m');
    await value('m', 2);
    await side.advance(1);
    await side.restart();
    expect(state('m')).toBe('ALARM');
    await side.advance(240);
    expect(state('m')).toBe('OK');
  });
});

describe('an alarm on an expression', () => {
  test('fires on the ratio, not on its parts', async () => {
    const stat = (MetricName: string): object => ({
      Metric: { Namespace: 'test', MetricName },
      Period: 60,
      Stat: 'Sum',
    });
    await side.clients.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'ratio',
        Metrics: [
          { Id: 'errors', MetricStat: stat('errors') as never, ReturnData: false },
          { Id: 'calls', MetricStat: stat('calls') as never, ReturnData: false },
          { Id: 'ratio', Expression: 'errors / calls', ReturnData: true },
        ],
        EvaluationPeriods: 1,
        Threshold: 0.1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await value('errors', 5);
    await value('calls', 100);
    await side.advance(1);
    expect(state('ratio')).toBe('OK');
    await value('errors', 50);
    await value('calls', 100);
    await side.advance(0.9);
    expect(state('ratio')).toBe('OK');
    await side.advance(0.1);
    expect(state('ratio')).toBe('ALARM');
  });
});

describe('a composite alarm', () => {
  beforeEach(async () => {
    await alarm('a');
    await alarm('b');
    await side.clients.cloudwatch.send(
      new PutCompositeAlarmCommand({
        AlarmName: 'both',
        AlarmRule: 'ALARM(a) AND ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:b")',
      }),
    );
    await side.advance(1);
  });

  test('follows its children and names the one that made the change', async () => {
    await value('a', 2);
    await side.advance(0);
    expect(state('both')).toBe('OK');
    await value('b', 2);
    await side.advance(0);
    expect(state('both')).toBe('ALARM');
    const { CompositeAlarms = [], MetricAlarms = [] } = await side.clients.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }),
    );
    expect(MetricAlarms).toEqual([]);
    expect(CompositeAlarms[0]?.StateReason).toBe(
      'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b transitioned to ALARM at Friday 20 November, 2026 09:01:00 UTC',
    );
    expect(JSON.parse(CompositeAlarms[0]?.StateReasonData ?? '')).toEqual({
      triggeringAlarms: [
        {
          arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b',
          state: { value: 'ALARM', timestamp: '2026-11-20T09:01:00.000+0000' },
        },
      ],
    });
  });

  test('is refused when it would refer to itself', async () => {
    await side.clients.cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'outer', AlarmRule: 'ALARM(both)' }));
    await expect(
      side.clients.cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM(outer)' })),
    ).rejects.toThrow(/closes a cycle: both -> outer -> both/);
  });

  test('holds its actions back while the suppressor fires, and for the extension after it', async () => {
    const { sns, cloudwatch } = side.clients;
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    await alarm('deploying');
    await cloudwatch.send(
      new PutCompositeAlarmCommand({
        AlarmName: 'either',
        AlarmRule: 'ALARM(a) OR ALARM(b)',
        AlarmActions: [TopicArn],
        ActionsSuppressor: 'deploying',
        ActionsSuppressorWaitPeriod: 60,
        ActionsSuppressorExtensionPeriod: 120,
      }),
    );
    await value('deploying', 2);
    await side.advance(1);
    await value('a', 2);
    await side.advance(0);
    expect(state('either')).toBe('ALARM');
    expect(side.account.parts.peer('inbox').messages()).toEqual([]);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'deploying', StateValue: 'OK', StateReason: 'done' }));
    await side.advance(0.9);
    expect(
      side
        .traces('alarm.changed')
        .filter((each) => each.alarm === 'either')
        .map((each) => `${each.to} ${each.suppressedBy ?? '-'}`),
    ).toEqual(['OK Alarm', 'ALARM Alarm', 'ALARM ExtensionPeriod']);
    // The metric still breaches, so the suppressor fires again within the extension.
    await side.advance(0.1);
    expect(side.traces('alarm.changed').at(-1)).toMatchObject({ alarm: 'either', suppressedBy: 'Alarm' });
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['deploying'] }));
  });

  test('acts after the wait period when the suppressor stays quiet', async () => {
    const { sns, cloudwatch } = side.clients;
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    await alarm('deploying');
    await cloudwatch.send(
      new PutCompositeAlarmCommand({
        AlarmName: 'either',
        AlarmRule: 'ALARM(a) OR ALARM(b)',
        AlarmActions: [TopicArn],
        ActionsSuppressor: 'deploying',
        ActionsSuppressorWaitPeriod: 60,
        ActionsSuppressorExtensionPeriod: 120,
      }),
    );
    await side.advance(1);
    await value('a', 2);
    await side.advance(0.5);
    expect(side.account.parts.peer('inbox').messages()).toEqual([]);
    await side.advance(0.5);
    expect(
      side.account.parts
        .peer('inbox')
        .messages()
        .map((each) => each.subject),
    ).toEqual(['ALARM: "either" in US East (N. Virginia)']);
    expect(
      side.traces('event.published').filter((each) => each.detailType === 'CloudWatch Alarm State Change'),
    ).not.toHaveLength(0);
  });
});

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

describe('an alarm', () => {
  test('set by hand goes back at the next evaluation, and its history says so', async () => {
    const { cloudwatch } = side.clients;
    await alarm('m');
    await side.advance(1);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'm', StateValue: 'ALARM', StateReason: 'try' }));
    expect(state('m')).toBe('ALARM');
    await side.advance(1);
    expect(state('m')).toBe('OK');
    const { AlarmHistoryItems = [] } = await cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'm', HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' }),
    );
    expect(AlarmHistoryItems.map((each) => each.HistorySummary)).toEqual([
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from ALARM to OK',
    ]);
  });

  test('has a state change event of the documented shape', async () => {
    await alarm('m', { AlarmDescription: 'too high', Dimensions: [{ Name: 'Endpoint', Value: 'e' }] });
    const events: unknown[] = [];
    const bus = side.account.parts.peer('events');
    const publish = bus.publish.bind(bus);
    jest.spyOn(bus, 'publish').mockImplementation((event) => {
      events.push(event);
      return publish(event);
    });
    await side.advance(1);
    expect(events).toEqual([
      {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:m'],
        detail: {
          alarmName: 'm',
          configuration: {
            description: 'too high',
            metrics: [
              {
                id: 'm1',
                metricStat: {
                  metric: { namespace: 'test', name: 'm', dimensions: { Endpoint: 'e' } },
                  period: 3600,
                  stat: 'Average',
                },
                returnData: true,
              },
            ],
          },
          previousState: {
            value: 'INSUFFICIENT_DATA',
            reason: 'Unchecked: Initial alarm creation',
            timestamp: '2026-11-20T09:00:00.000+0000',
          },
          state: {
            value: 'OK',
            reason:
              'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
            reasonData: expect.stringContaining('"version":"1.0","queryDate":"2026-11-20T09:01:00.000+0000"') as string,
            timestamp: '2026-11-20T09:01:00.000+0000',
          },
        },
      },
    ]);
  });

  test.each([
    [
      'an unknown treatment of missing data',
      { TreatMissingData: 'good' },
      /'TreatMissingData' is 'good'; allowed: missing, ignore, breaching, notBreaching/,
    ],
    ['a period of 90 seconds', { Period: 90 }, /'Period' is 90; allowed/],
    ['more datapoints than periods', { EvaluationPeriods: 1, DatapointsToAlarm: 2 }, /must not exceed/],
    [
      'anomaly detection, by name',
      { ComparisonOperator: 'GreaterThanUpperThreshold' as const },
      /GreaterThanUpperThreshold \(anomaly detection\)/,
    ],
    [
      'an action the account cannot perform',
      { AlarmActions: ['arn:aws:ssm:us-east-1:000000000000:opsitem:1'] },
      /the alarm action arn:aws:ssm/,
    ],
  ])('is refused with %s', async (_title, more, message) => {
    await expect(alarm('m', more)).rejects.toThrow(message);
  });

  test('cannot be deleted twice', async () => {
    await alarm('m');
    await side.clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['m'] }));
    await expect(side.clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['m'] }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
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
