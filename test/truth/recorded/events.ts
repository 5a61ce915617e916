import * as events from '@aws-sdk/client-eventbridge';
import { type RecordedCall, type World } from './world';

const rule = (w: World, more: Partial<events.PutRuleCommandInput>): Promise<unknown> =>
  w.events.send(new events.PutRuleCommand({ Name: 'recorded', ...more }));

export const ofEvents: readonly RecordedCall[] = [
  [
    'events',
    'TestEventRule::test_describe_nonexistent_rule',
    '',
    '400 ResourceNotFoundException',
    (w) => w.events.send(new events.DescribeRuleCommand({ Name: 'absent' })),
  ],
  [
    'events',
    'TestEventBus::test_put_events_nonexistent_event_bus',
    '',
    '400 ResourceNotFoundException',
    (w) => w.events.send(new events.DescribeEventBusCommand({ Name: 'absent' })),
  ],
  [
    'events',
    'TestEventBus::test_describe_delete_not_existing_event_bus',
    '',
    '400 ResourceNotFoundException',
    (w) => w.events.send(new events.DescribeEventBusCommand({ Name: 'absent' })),
  ],
  [
    'events',
    'TestEventBus::test_delete_default_event_bus',
    '',
    '400 ValidationException',
    (w) => w.events.send(new events.DeleteEventBusCommand({ Name: 'default' })),
  ],
  [
    'events',
    'TestScheduleCron::tests_put_rule_with_invalid_schedule_cron',
    'invalid-put-rule',
    '400 ValidationException',
    (w) => rule(w, { ScheduleExpression: 'cron(INVALID)' }),
  ],
  [
    'events',
    'TestEventRule::test_delete_rule_with_targets',
    '',
    '400 ValidationException',
    async (w) => {
      await rule(w, { ScheduleExpression: 'rate(1 day)' });
      await w.events.send(new events.PutTargetsCommand({ Rule: 'recorded', Targets: [{ Id: 'one', Arn: w.topic }] }));
      await w.events.send(new events.DeleteRuleCommand({ Name: 'recorded' }));
    },
  ],
  [
    'events',
    'TestEventTarget::test_put_target_id_validation',
    'put-targets-invalid-id-error',
    '400 ValidationException',
    async (w) => {
      await rule(w, { ScheduleExpression: 'rate(1 day)' });
      await w.events.send(
        new events.PutTargetsCommand({ Rule: 'recorded', Targets: [{ Id: '!@#$@!#$', Arn: w.topic }] }),
      );
    },
  ],
  [
    'events',
    'TestEvents::test_put_events_exceed_limit_ten_entries',
    '',
    '400 ValidationException',
    (w) =>
      w.events.send(
        new events.PutEventsCommand({
          Entries: Array.from({ length: 11 }, () => ({ Source: 's', DetailType: 't', Detail: '{}' })),
        }),
      ),
  ],
  [
    'events',
    'TestEvents::test_put_event_with_too_big_detail',
    '',
    '400 ValidationException',
    (w) =>
      w.events.send(
        new events.PutEventsCommand({
          Entries: [{ Source: 's', DetailType: 't', Detail: JSON.stringify({ x: 'x'.repeat(1_048_576) }) }],
        }),
      ),
  ],
];
