import { PutMetricAlarmCommand, PutMetricDataCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { EventSide } from '../support/event-side';

const notify = `
const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');
exports.handler = async (event) => {
  console.log('alarm', event.detail.alarmName);
  await new SNSClient({}).send(new PublishCommand({ TopicArn: process.env.TOPIC, Subject: 'Drift', Message: event.detail.alarmName + ' is ' + event.detail.state.value }));
  return { done: true };
};`;

describe('a metric that crosses its threshold', () => {
  const side = new EventSide();
  beforeAll(() => side.up());
  afterAll(() => side.down());

  test('reaches the inbox by alarm, event, function and topic, and the alarm recovers', async () => {
    const { cloudwatch, events, lambda, sns } = side.clients;
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    const role = await side.role('notify-role', 'lambda.amazonaws.com', ['sns:Publish'], [TopicArn]);
    const functionArn = await side.function('notify', notify, { role, environment: { TOPIC: TopicArn } });
    const pattern = {
      source: ['aws.cloudwatch'],
      detail: { state: { value: ['ALARM'] }, previousState: { value: [{ 'anything-but': 'ALARM' }] } },
    };
    const { RuleArn } = await events.send(
      new PutRuleCommand({ Name: 'alarms', EventPattern: JSON.stringify(pattern) }),
    );
    await events.send(new PutTargetsCommand({ Rule: 'alarms', Targets: [{ Id: 'notify', Arn: functionArn }] }));
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: 'notify',
        StatementId: 'events',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: RuleArn,
      }),
    );
    const metric = { Namespace: 'test', MetricName: 'drift', Dimensions: [{ Name: 'Endpoint', Value: 'e' }] };
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...metric,
        AlarmName: 'drift',
        Statistic: 'Maximum',
        Period: 3600,
        EvaluationPeriods: 1,
        Threshold: 0.1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
    await side.advance(60);
    const put = (Value: number): Promise<unknown> =>
      cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: 'test',
          MetricData: [{ MetricName: 'drift', Dimensions: metric.Dimensions, Value }],
        }),
      );
    await put(0.5);
    await side.advance(1);

    expect(side.account.parts.peer('inbox').messages()).toEqual([
      {
        time: '2026-11-20T10:00:00.000Z',
        to: 'team@example.com',
        topicArn: TopicArn,
        subject: 'Drift',
        body: 'drift is ALARM',
      },
    ]);
    const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['drift'] }));
    expect(MetricAlarms[0]?.StateValue).toBe('ALARM');
    expect(MetricAlarms[0]?.StateReason).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoints [0.5 (20/11/26 09:01:00)] was greater than the threshold (0.1) (minimum 1 datapoint for OK -> ALARM transition).',
    );

    await side.advance(60);
    await put(0);
    await side.advance(0);
    expect(side.account.parts.peer('alarms').stateOf('drift')).toBe('OK');
    expect(side.traces('alarm.changed').map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'INSUFFICIENT_DATA -> OK',
      'OK -> ALARM',
      'ALARM -> OK',
    ]);
    expect(side.traces('function.invoked')).toHaveLength(1);
  });
});
