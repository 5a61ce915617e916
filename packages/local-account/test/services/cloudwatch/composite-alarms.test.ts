import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { EventSide } from '../../support/event-side';
import { watching } from '../../support/watching';

let side: EventSide;
beforeEach(async () => {
  side = await new EventSide().up();
});
afterEach(() => side.down());

const { state, value, alarm } = watching(() => side);

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

  /** An alarm with news and the suppressor `deploying`: a minute's wait, two minutes' extension. */
  async function suppressed(): Promise<void> {
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
  }

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
    const { cloudwatch } = side.clients;
    await suppressed();
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
    await suppressed();
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
