import { DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeRuleCommand, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionCommand, GetPolicyCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { ListTopicsCommand, PublishCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  CompositeAlarm,
  Dashboard,
  GraphWidget,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaAction, SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventBus, Rule, Schedule as RuleSchedule, RuleTargetInput, EventField } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression, ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke, SqsSendMessage, Universal } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, LambdaSubscription, SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { EventSide } from '../support/event-side';

/** What the CDK emits for services that carry events, in two versions of one stack. */
function templates(): { readonly blue: string; readonly green: string } {
  // The template validator takes longer than the rest of the test.
  process.env.CDK_VALIDATION = 'false';
  const render = (colour: string): string => {
    const app = new App({ analyticsReporting: false });
    eventStack(app, colour);
    const { Resources, Outputs } = app.synth().getStackByName('Events').template as {
      Resources: object;
      Outputs: object;
    };
    return JSON.stringify({ Resources, Outputs });
  };
  return { blue: render('blue'), green: render('green') };
}

function eventStack(app: App, colour: string): void {
  const stack = new Stack(app, 'Events');
  const dead = new Queue(stack, 'Dead', { enforceSSL: true });
  const queue = new Queue(stack, 'Queue', {
    encryption: QueueEncryption.SQS_MANAGED,
    visibilityTimeout: Duration.minutes(1),
    deadLetterQueue: { queue: dead, maxReceiveCount: 2 },
  });
  const topic = new Topic(stack, 'Topic', { displayName: colour, enforceSSL: true });
  const fn = new LambdaFn(stack, 'Fn', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline(
      `exports.handler = async (event) => { console.log(JSON.stringify(event)); return '${colour}'; };`,
    ),
    environment: { COLOUR: colour, QUEUE_URL: queue.queueUrl },
    timeout: Duration.seconds(10),
    onFailure: new SqsDestination(dead),
    retryAttempts: 1,
    reservedConcurrentExecutions: 3,
  });
  new Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion });
  fn.addEventSource(new SqsEventSource(queue, { batchSize: 5, reportBatchItemFailures: true }));
  topic.addSubscription(new EmailSubscription('team@example.com'));
  topic.addSubscription(new LambdaSubscription(fn));
  topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true, deadLetterQueue: dead }));
  const rule = new Rule(stack, 'Rule', { eventPattern: { source: ['mine'], detail: { colour: [colour] } } });
  rule.addTarget(new LambdaFunction(fn, { deadLetterQueue: dead, retryAttempts: 2 }));
  rule.addTarget(
    new SnsTopic(topic, { message: RuleTargetInput.fromText(`it is ${EventField.fromPath('$.detail.colour')}`) }),
  );
  new Rule(stack, 'Nightly', {
    schedule: RuleSchedule.cron({ hour: '3', minute: '0' }),
    targets: [new SqsQueue(queue)],
  });
  new Rule(stack, 'OnOwnBus', {
    eventBus: new EventBus(stack, 'Bus', { eventBusName: 'own' }),
    eventPattern: { source: ['x'] },
    targets: [new LambdaFunction(fn)],
  });
  const group = new ScheduleGroup(stack, 'Group', { scheduleGroupName: 'monitors' });
  new Schedule(stack, 'Hourly', {
    scheduleName: 'hourly',
    scheduleGroup: group,
    schedule: ScheduleExpression.rate(Duration.hours(1)),
    target: new Universal({
      service: 'sagemaker',
      action: 'createProcessingJob',
      policyStatements: [new PolicyStatement({ actions: ['sagemaker:CreateProcessingJob'], resources: ['*'] })],
    }),
  });
  new Schedule(stack, 'Invoke', {
    schedule: ScheduleExpression.cron({ hour: '4', minute: '0' }),
    target: new LambdaInvoke(fn),
  });
  new Schedule(stack, 'Send', {
    schedule: ScheduleExpression.rate(Duration.minutes(30)),
    target: new SqsSendMessage(queue, { deadLetterQueue: dead }),
  });
  const metric = new Metric({
    namespace: 'test',
    metricName: 'drift',
    period: Duration.hours(1),
    dimensionsMap: { Endpoint: 'e' },
  });
  const alarm = new Alarm(stack, 'Alarm', {
    alarmName: 'drift-a',
    metric,
    threshold: 0.1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(topic), new LambdaAction(fn));
  const ratio = new Alarm(stack, 'Ratio', {
    alarmName: 'ratio',
    metric: fn.metricErrors({ period: Duration.minutes(5) }),
    threshold: 1,
    evaluationPeriods: 2,
  });
  new CompositeAlarm(stack, 'Composite', {
    compositeAlarmName: 'drift',
    alarmRule: AlarmRule.anyOf(
      AlarmRule.fromAlarm(alarm, AlarmState.ALARM),
      AlarmRule.fromAlarm(ratio, AlarmState.ALARM),
    ),
  }).addAlarmAction(new SnsAction(topic));
  new Dashboard(stack, 'Dashboard', { dashboardName: 'loop', widgets: [[new GraphWidget({ left: [metric] })]] });
  for (const [name, value] of Object.entries({
    TopicArn: topic.topicArn,
    FnName: fn.functionName,
    RuleName: rule.ruleName,
  }))
    new CfnOutput(stack, name, { value });
}

const side = new EventSide();
beforeAll(() => side.up());
afterAll(() => side.down());

async function finished(): Promise<{ readonly status: string; readonly outputs: Readonly<Record<string, string>> }> {
  const client = new CloudFormationClient(side.config);
  for (;;) {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: 'Events' }));
    const status = Stacks[0]?.StackStatus ?? '';
    if (!status.endsWith('IN_PROGRESS')) {
      if (/ROLLBACK|FAILED/.test(status)) {
        const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'Events' }));
        throw new Error(
          StackEvents.filter((each) => each.ResourceStatus?.endsWith('FAILED'))
            .map((each) => `${each.LogicalResourceId}: ${each.ResourceStatusReason}`)
            .join('\n'),
        );
      }
      return {
        status,
        outputs: Object.fromEntries(
          (Stacks[0]?.Outputs ?? []).map((each) => [each.OutputKey ?? '', each.OutputValue ?? '']),
        ),
      };
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

describe('a stack of event resources', () => {
  test('is deployed, changed in place and taken away', async () => {
    const versions = templates();
    const client = new CloudFormationClient(side.config);
    const { events, lambda, scheduler, cloudwatch, sns, sqs } = side.clients;
    await client.send(
      new CreateStackCommand({ StackName: 'Events', TemplateBody: versions.blue, Capabilities: ['CAPABILITY_IAM'] }),
    );
    const { outputs } = await finished();
    const { TopicArn = '', FnName = '', RuleName = '' } = outputs;
    expect(
      (await lambda.send(new GetFunctionCommand({ FunctionName: FnName }))).Configuration?.Environment?.Variables
        ?.COLOUR,
    ).toBe('blue');
    expect(JSON.parse((await lambda.send(new GetPolicyCommand({ FunctionName: FnName }))).Policy ?? '')).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({ Principal: { Service: 'events.amazonaws.com' } }),
      ]) as unknown,
    });
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: RuleName }))).Targets).toHaveLength(2);
    expect((await scheduler.send(new GetScheduleCommand({ Name: 'hourly', GroupName: 'monitors' }))).Target?.Arn).toBe(
      'arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob',
    );
    const alarms = await cloudwatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: ['drift', 'drift-a', 'ratio'],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      }),
    );
    expect([alarms.MetricAlarms?.length, alarms.CompositeAlarms?.length]).toEqual([2, 1]);
    expect((await cloudwatch.send(new GetDashboardCommand({ DashboardName: 'loop' }))).DashboardBody).toContain(
      'drift',
    );

    await client.send(
      new UpdateStackCommand({ StackName: 'Events', TemplateBody: versions.green, Capabilities: ['CAPABILITY_IAM'] }),
    );
    expect((await finished()).outputs).toEqual(outputs);
    expect(
      (await lambda.send(new GetFunctionCommand({ FunctionName: FnName }))).Configuration?.Environment?.Variables
        ?.COLOUR,
    ).toBe('green');
    expect((await events.send(new DescribeRuleCommand({ Name: RuleName }))).EventPattern).toContain('green');

    await sns.send(new PublishCommand({ TopicArn, Subject: 'hello', Message: 'hi' }));
    await side.account.clock.settled();
    expect(side.account.parts.peer('inbox').messages()).toHaveLength(1);
    expect(
      side
        .traces('notification.delivered')
        .map((each) => each.protocol)
        .sort(),
    ).toEqual(['email', 'lambda', 'sqs']);
    side.account.parts.peer('events').publish({ source: 'mine', 'detail-type': 't', detail: { colour: 'green' } });
    await side.account.clock.settled();
    expect(side.account.parts.peer('inbox').messages().at(-1)?.body).toBe('"it is green"');
    await side.advance(60);
    expect(side.traces('schedule.failed').map((each) => each.schedule)).toEqual(['hourly']);
    expect(side.traces('event.failed')).toEqual([]);

    await client.send(new DeleteStackCommand({ StackName: 'Events' }));
    await expect(finished()).rejects.toThrow(/does not exist/);
    expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    expect((await sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    expect((await events.send(new ListRulesCommand({}))).Rules).toEqual([]);
    expect((await scheduler.send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
  });
});
