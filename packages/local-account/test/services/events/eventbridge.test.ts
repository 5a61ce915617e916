import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { control } from '../../support/clients';
import { EventSide } from '../../support/event-side';

const side = new EventSide();
beforeAll(() => side.up());
afterAll(() => side.down());

const arnOf = (queue: string): string => `arn:aws:sqs:us-east-1:000000000000:${queue}`;

/** A queue that EventBridge may send to. */
async function queue(name: string, policy = true): Promise<string> {
  const { sqs } = side.clients;
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '0' } }),
  );
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arnOf(name),
      },
    ],
  });
  if (policy) await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  return QueueUrl;
}

async function received(
  QueueUrl: string,
): Promise<readonly { readonly body: string; readonly attributes: Readonly<Record<string, string | undefined>> }[]> {
  const { Messages = [] } = await side.clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  return Messages.map((each) => ({
    body: each.Body ?? '',
    attributes: Object.fromEntries(
      Object.entries(each.MessageAttributes ?? {}).map(([name, value]) => [name, value.StringValue]),
    ),
  }));
}

async function rule(name: string, pattern: object, targets: readonly Target[], bus?: string): Promise<string> {
  const { events } = side.clients;
  const { RuleArn = '' } = await events.send(
    new PutRuleCommand({ Name: name, EventPattern: JSON.stringify(pattern), EventBusName: bus }),
  );
  await events.send(new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets: [...targets] }));
  return RuleArn;
}

async function put(source: string, detail: object, bus?: string): Promise<void> {
  const answer = await side.clients.events.send(
    new PutEventsCommand({
      Entries: [{ Source: source, DetailType: 'Test', Detail: JSON.stringify(detail), EventBusName: bus }],
    }),
  );
  expect(answer.FailedEntryCount).toBe(0);
  await side.account.clock.settled();
}

describe('an event that matches a rule', () => {
  test('reaches each target in the form it asked for', async () => {
    const [whole, part] = [await queue('whole'), await queue('part')];
    await rule('forms', { source: ['forms'] }, [
      { Id: 'whole', Arn: arnOf('whole') },
      {
        Id: 'part',
        Arn: arnOf('part'),
        InputTransformer: { InputPathsMap: { n: '$.detail.n' }, InputTemplate: '{"number": <n>}' },
      },
    ]);
    await put('forms', { n: 5 });
    const [event] = await received(whole);
    expect(JSON.parse(event?.body ?? '')).toMatchObject({
      version: '0',
      'detail-type': 'Test',
      source: 'forms',
      account: '000000000000',
      time: '2026-11-20T09:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: { n: 5 },
    });
    expect((await received(part)).map((each) => each.body)).toEqual(['{"number": 5}']);
  });

  test('is not delivered while the rule is disabled', async () => {
    const url = await queue('switched');
    await rule('switched', { source: ['switched'] }, [{ Id: 'q', Arn: arnOf('switched') }]);
    await side.clients.events.send(new DisableRuleCommand({ Name: 'switched' }));
    await put('switched', {});
    expect(await received(url)).toEqual([]);
    await side.clients.events.send(new EnableRuleCommand({ Name: 'switched' }));
    await put('switched', {});
    expect(await received(url)).toHaveLength(1);
  });

  test('stays on its own bus', async () => {
    const url = await queue('own-bus');
    await side.clients.events.send(new CreateEventBusCommand({ Name: 'own' }));
    await rule('own', { source: ['own'] }, [{ Id: 'q', Arn: arnOf('own-bus') }], 'own');
    await put('own', {});
    expect(await received(url)).toEqual([]);
    await put('own', {}, 'own');
    expect(await received(url)).toHaveLength(1);
  });
});

describe('a target that does not take the event', () => {
  test('leaves it in the dead-letter queue with the reason', async () => {
    const url = await queue('dead');
    await queue('closed', false);
    const ruleArn = await rule('refused', { source: ['refused'] }, [
      { Id: 'q', Arn: arnOf('closed'), DeadLetterConfig: { Arn: arnOf('dead') } },
    ]);
    await put('refused', { n: 1 });
    const [letter] = await received(url);
    expect(JSON.parse(letter?.body ?? '')).toMatchObject({ source: 'refused', detail: { n: 1 } });
    expect(letter?.attributes).toMatchObject({
      RULE_ARN: ruleArn,
      TARGET_ARN: arnOf('closed'),
      ERROR_CODE: 'AccessDenied',
    });
    expect(letter?.attributes.ERROR_MESSAGE).toMatch(/AWS::SQS::QueuePolicy/);
    expect(side.traces('event.failed').at(-1)).toMatchObject({ rule: 'refused', deadLetterQueue: arnOf('dead') });
  });
});

describe('an encrypted target', () => {
  async function encrypted(name: string, services: readonly string[], Condition?: object): Promise<string> {
    const statements = [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*', Resource: '*' },
      ...services.map((Service) => ({
        Effect: 'Allow',
        Principal: { Service },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        ...(Condition === undefined ? {} : { Condition }),
      })),
    ];
    const resource = {
      Type: 'AWS::KMS::Key',
      Properties: { KeyPolicy: { Version: '2012-10-17', Statement: statements } },
    };
    const client = new CloudFormationClient(side.config);
    const TemplateBody = JSON.stringify({
      Resources: { Key: resource },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
    });
    await client.send(new CreateStackCommand({ StackName: name, TemplateBody }));
    const { Stacks = [] } = await waitUntilStackCreateComplete(
      { client, maxWaitTime: 10, minDelay: 1 },
      { StackName: name },
    ).then(() => client.send(new DescribeStacksCommand({ StackName: name })));
    const KmsMasterKeyId = Stacks[0]?.Outputs?.[0]?.OutputValue ?? '';
    const QueueUrl = await queue(name);
    await side.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { KmsMasterKeyId } }));
    await rule(name, { source: [name] }, [{ Id: 'q', Arn: arnOf(name) }]);
    await put(name, {});
    return QueueUrl;
  }
  test('takes the event when its key admits EventBridge', async () => {
    expect(await received(await encrypted('admitting', ['events.amazonaws.com']))).toHaveLength(1);
  });
  test('does not when the key asks for a source account, which EventBridge does not send to KMS', async () => {
    const condition = { StringEquals: { 'aws:SourceAccount': '000000000000' } };
    expect(await received(await encrypted('conditional', ['events.amazonaws.com'], condition))).toEqual([]);
  });
  test('does not when the key does not, and the reason names the key policy', async () => {
    expect(await received(await encrypted('locked', []))).toEqual([]);
    expect(side.traces('event.failed').at(-1)).toMatchObject({
      rule: 'locked',
      error: expect.stringMatching(
        /may not perform kms:GenerateDataKey.*the policy of the key that encrypts the queue locked/,
      ) as string,
    });
  });
});

describe('disturbed deliveries', () => {
  test('come twice and out of order, the same way for the same seed', async () => {
    const url = await queue('disturbed');
    await rule('disturbed', { source: ['disturbed'] }, [{ Id: 'q', Arn: arnOf('disturbed'), InputPath: '$.detail.n' }]);
    const run = async (): Promise<readonly string[]> => {
      await control(side.account, 'POST', '/_local/events/disturb', {
        seed: 7,
        duplicates: 0.5,
        maxDelaySeconds: 60,
      });
      for (let n = 0; n < 5; n += 1) await put('disturbed', { n });
      await side.advance(2);
      const bodies = (await received(url)).map((each) => each.body);
      await control(side.account, 'POST', '/_local/events/disturb', {});
      side.account.parts
        .peer('queues')
        .receive(arnOf('disturbed'), 100)
        .forEach((each) => side.account.parts.peer('queues').delete(arnOf('disturbed'), each.receiptHandle));
      return bodies;
    };
    const first = await run();
    expect(first.length).toBeGreaterThan(5);
    expect(new Set(first)).toEqual(new Set(['0', '1', '2', '3', '4']));
    expect(first).not.toEqual([...first].sort());
    expect(await run()).toEqual(first);
  });
});

describe('a scheduled rule', () => {
  test('fires at the end of each period', async () => {
    const url = await queue('hourly');
    await side.clients.events.send(new PutRuleCommand({ Name: 'hourly', ScheduleExpression: 'rate(1 hour)' }));
    await side.clients.events.send(
      new PutTargetsCommand({ Rule: 'hourly', Targets: [{ Id: 'q', Arn: arnOf('hourly') }] }),
    );
    await side.advance(59);
    expect(await received(url)).toEqual([]);
    await side.advance(121);
    expect(await received(url)).toHaveLength(3);
    await side.clients.events.send(new RemoveTargetsCommand({ Rule: 'hourly', Ids: ['q'] }));
    await side.clients.events.send(new DeleteRuleCommand({ Name: 'hourly' }));
    expect(side.account.clock.pending().filter((each) => each.name === 'rule hourly')).toEqual([]);
  });
});

describe('what EventBridge refuses', () => {
  test('a pattern that is wrong, in its words', async () => {
    await expect(
      side.clients.events.send(new PutRuleCommand({ Name: 'x', EventPattern: '{"source":"a"}' })),
    ).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
      message: expect.stringContaining('"source" must be an object or an array') as string,
    });
  });
  test('neither pattern nor schedule', async () => {
    await expect(side.clients.events.send(new PutRuleCommand({ Name: 'x' }))).rejects.toThrow(
      /EventPattern or ScheduleExpression must be specified/,
    );
  });
  test('events of AWS services, entry by entry', async () => {
    const { FailedEntryCount, Entries = [] } = await side.clients.events.send(
      new PutEventsCommand({
        Entries: [
          { Source: 'aws.s3', DetailType: 'x', Detail: '{}' },
          { Source: 'mine', DetailType: 'x', Detail: '{}' },
          { Source: 'mine', DetailType: 'x', Detail: '[' },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(2);
    expect(Entries.map((each) => each.ErrorCode ?? 'taken')).toEqual([
      'NotAuthorizedForSourceException',
      'taken',
      'MalformedDetail',
    ]);
  });
  test('a target the account cannot reach, by name', async () => {
    await side.clients.events.send(new PutRuleCommand({ Name: 'y', EventPattern: '{"source":["y"]}' }));
    await expect(
      side.clients.events.send(
        new PutTargetsCommand({
          Rule: 'y',
          Targets: [{ Id: 'k', Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' }],
        }),
      ),
    ).rejects.toMatchObject({
      name: 'UnsupportedByLocalAccount',
      message: expect.stringContaining('stream/s') as string,
    });
  });
  test('a role that EventBridge may not assume', async () => {
    const RoleArn = await side.role('wrong-trust', 'lambda.amazonaws.com');
    await expect(
      side.clients.events.send(
        new PutTargetsCommand({ Rule: 'y', Targets: [{ Id: 'q', Arn: arnOf('whole'), RoleArn }] }),
      ),
    ).rejects.toThrow(/wrong-trust cannot be assumed by events.amazonaws.com/);
  });
  test('deleting a rule that has targets', async () => {
    await expect(side.clients.events.send(new DeleteRuleCommand({ Name: 'forms' }))).rejects.toThrow(/has targets/);
  });
});

describe('questions about rules', () => {
  test('are answered', async () => {
    const { events } = side.clients;
    expect((await events.send(new ListRulesCommand({ NamePrefix: 'for' }))).Rules?.map((each) => each.Name)).toEqual([
      'forms',
    ]);
    expect(
      (await events.send(new ListTargetsByRuleCommand({ Rule: 'forms' }))).Targets?.map((each) => each.Id),
    ).toEqual(['whole', 'part']);
    const Event = JSON.stringify({
      id: '1',
      account: '0',
      source: 'a',
      time: '2026-11-20T00:00:00Z',
      region: 'r',
      resources: [],
      'detail-type': 't',
      detail: {},
    });
    expect((await events.send(new TestEventPatternCommand({ EventPattern: '{"source":["a"]}', Event }))).Result).toBe(
      true,
    );
  });
});

describe('after a restart', () => {
  test('rules and their schedules go on', async () => {
    const url = await queue('daily');
    await side.clients.events.send(new PutRuleCommand({ Name: 'daily', ScheduleExpression: 'cron(0 18 * * ? *)' }));
    await side.clients.events.send(
      new PutTargetsCommand({ Rule: 'daily', Targets: [{ Id: 'q', Arn: arnOf('daily') }] }),
    );
    await side.restart();
    await side.advance(12 * 60);
    expect(
      (await received(url.replace(/:\d+\//, `:${new URL(side.account.endpointUrl()).port}/`))).map(
        (each) => (JSON.parse(each.body) as { time: string }).time,
      ),
    ).toEqual(['2026-11-20T18:00:00Z']);
  });
});
