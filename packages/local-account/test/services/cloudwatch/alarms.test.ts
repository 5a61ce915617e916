import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { EventSide } from '../../support/event-side';
import { watching } from '../../support/watching';

let side: EventSide;
beforeEach(async () => {
  side = await new EventSide().up();
});
afterEach(() => side.down());

const { state, changes, value, alarm } = watching(() => side);

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
