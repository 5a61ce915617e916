import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
  type Target,
} from '@aws-sdk/client-scheduler';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { EventSide } from '../../support/event-side';

const side = new EventSide();
let role = '';
beforeAll(async () => {
  await side.up();
  role = await side.role('schedules', 'scheduler.amazonaws.com', ['sqs:SendMessage', 'sns:CreateTopic']);
});
afterAll(() => side.down());

const account = '000000000000';
const universal = (operation: string, Input: object): Target => ({
  Arn: `arn:aws:scheduler:::aws-sdk:${operation}`,
  RoleArn: role,
  Input: JSON.stringify(Input),
});

async function queue(name: string): Promise<string> {
  return (
    (await side.clients.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '0' } })))
      .QueueUrl ?? ''
  );
}
async function bodies(QueueUrl: string): Promise<readonly string[]> {
  const { Messages = [] } = await side.clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  return Messages.map((each) => each.Body ?? '');
}
function create(
  Name: string,
  ScheduleExpression: string,
  target: Target,
  more: Partial<CreateScheduleCommandInput> = {},
): Promise<unknown> {
  return side.clients.scheduler.send(
    new CreateScheduleCommand({
      Name,
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: target,
      ...more,
    }),
  );
}

describe('a schedule with a universal target', () => {
  test('calls the API as its role at each instant, with the context filled in', async () => {
    const QueueUrl = await queue('universal');
    const MessageBody =
      '{"at":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>","arn":"<aws.scheduler.schedule-arn>","attempt":<aws.scheduler.attempt-number>}';
    await create('hourly', 'rate(1 hour)', universal('sqs:sendMessage', { QueueUrl, MessageBody }));
    await side.advance(150);
    const messages = (await bodies(QueueUrl)).map(
      (each) => JSON.parse(each) as { at: string; id: string; arn: string; attempt: number },
    );
    expect(messages.map((each) => each.at)).toEqual(['2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z']);
    expect(messages[0]).toMatchObject({
      arn: `arn:aws:scheduler:us-east-1:${account}:schedule/default/hourly`,
      attempt: 1,
    });
    expect(new Set(messages.map((each) => each.id)).size).toBe(2);
    expect(messages[0]?.id).toMatch(/^[0-9a-f]{16}$/);
  });

  test('that its role may not call leaves a dead letter and a trace that names what is missing', async () => {
    const QueueUrl = await queue('dead-letters');
    const counted = {
      Namespace: 'AWS/Scheduler',
      MetricName: 'TargetErrorCount',
      Dimensions: [{ Name: 'ScheduleGroup', Value: 'default' }],
      Statistic: 'Sum' as const,
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold' as const,
      TreatMissingData: 'notBreaching',
    };
    await side.clients.cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'schedule-failed', ...counted }));
    await create('forbidden', 'at(2026-11-20T12:00:00)', {
      ...universal('sns:deleteTopic', { TopicArn: `arn:aws:sns:us-east-1:${account}:x` }),
      DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:${account}:dead-letters` },
    });
    await side.advance(60);
    expect(await bodies(QueueUrl)).toEqual([`{"TopicArn":"arn:aws:sns:us-east-1:${account}:x"}`]);
    expect(side.traces('alarm.changed').map((each) => each.to)).toEqual(['OK', 'ALARM', 'OK']);
    expect(side.traces('schedule.failed')[0]).toMatchObject({
      schedule: 'forbidden',
      error: expect.stringContaining('is not authorized to perform: sns:DeleteTopic') as string,
    });
  });
});

describe('a schedule', () => {
  test('keeps to its start, its end and its time zone', async () => {
    const QueueUrl = await queue('bounded');
    const target = universal('sqs:sendMessage', { QueueUrl, MessageBody: '<aws.scheduler.scheduled-time>' });
    await create('bounded', 'rate(30 minutes)', target, {
      StartDate: new Date('2026-11-20T15:10:00Z'),
      EndDate: new Date('2026-11-20T16:15:00Z'),
    });
    await create('berlin', 'cron(0 17 * * ? *)', target, { ScheduleExpressionTimezone: 'Europe/Berlin' });
    await side.advance(6 * 60);
    expect([...(await bodies(QueueUrl))].sort()).toEqual([
      '2026-11-20T15:10:00Z',
      '2026-11-20T15:40:00Z',
      '2026-11-20T16:00:00Z',
      '2026-11-20T16:10:00Z',
    ]);
  });

  test('that runs once goes away when it is configured to', async () => {
    const QueueUrl = await queue('once');
    const target = { Arn: `arn:aws:sqs:us-east-1:${account}:once`, RoleArn: role, Input: '{"hello":1}' };
    await create('once', 'at(2026-11-20T20:00:00)', target, { ActionAfterCompletion: 'DELETE' });
    await side.advance(6 * 60);
    expect(await bodies(QueueUrl)).toEqual(['{"hello":1}']);
    await expect(side.clients.scheduler.send(new GetScheduleCommand({ Name: 'once' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('can be changed, switched off and taken away with its group', async () => {
    const { scheduler } = side.clients;
    const QueueUrl = await queue('grouped');
    await scheduler.send(new CreateScheduleGroupCommand({ Name: 'monitors' }));
    const target = universal('sqs:sendMessage', { QueueUrl, MessageBody: 'x' });
    await create('grouped', 'rate(1 day)', target, { GroupName: 'monitors' });
    await scheduler.send(
      new UpdateScheduleCommand({
        Name: 'grouped',
        GroupName: 'monitors',
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: target,
        State: 'DISABLED',
      }),
    );
    await side.advance(120);
    expect(await bodies(QueueUrl)).toEqual([]);
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ GroupName: 'monitors' }));
    expect(Schedules.map((each) => [each.Name, each.State])).toEqual([['grouped', 'DISABLED']]);
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: 'monitors' }));
    await expect(
      scheduler.send(new GetScheduleCommand({ Name: 'grouped', GroupName: 'monitors' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('goes on after a restart', async () => {
    const before = side.traces('schedule.fired').filter((each) => each.schedule === 'hourly').length;
    await side.restart();
    await side.advance(120);
    expect(side.traces('schedule.fired').filter((each) => each.schedule === 'hourly')).toHaveLength(before + 2);
  });
});

describe('what Scheduler refuses', () => {
  const target = (): Target => universal('sqs:sendMessage', {});
  test.each([
    ['a cron of five fields', 'cron(0 0 * * *)', {}, /Invalid Schedule Expression/],
    ['an unknown time zone', 'rate(1 hour)', { ScheduleExpressionTimezone: 'Mars' }, /'Mars' is not a time zone/],
    [
      'a flexible window, by name',
      'rate(1 hour)',
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE' as const, MaximumWindowInMinutes: 5 } },
      /FlexibleTimeWindow.Mode "FLEXIBLE"/,
    ],
    [
      'an end before the start',
      'rate(1 hour)',
      { StartDate: new Date('2026-12-02'), EndDate: new Date('2026-12-01') },
      /EndDate you specify must come after/,
    ],
  ])('%s', async (_title, expression, more, message) => {
    await expect(create('wrong', expression, target(), more)).rejects.toThrow(message);
  });
  test('a read-only universal target', async () => {
    await expect(create('wrong', 'rate(1 hour)', universal('sqs:listQueues', {}))).rejects.toThrow(
      /takes? no read-only operations/,
    );
  });
  test('a role that Scheduler may not assume', async () => {
    const RoleArn = await side.role('not-for-schedules', 'lambda.amazonaws.com');
    await expect(create('wrong', 'rate(1 hour)', { ...target(), RoleArn })).rejects.toThrow(
      /cannot be assumed by scheduler.amazonaws.com/,
    );
  });
  test('a name that is taken', async () => {
    await expect(create('hourly', 'rate(1 hour)', target())).rejects.toMatchObject({ name: 'ConflictException' });
  });
});
