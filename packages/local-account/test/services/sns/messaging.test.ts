import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { control } from '../../support/clients';
import { EventSide } from '../../support/event-side';

let side: EventSide;
beforeEach(async () => {
  side = await new EventSide().up();
});
afterEach(() => side.down());

const arnOf = (queue: string): string => `arn:aws:sqs:us-east-1:000000000000:${queue}`;
const topic = async (name: string): Promise<string> =>
  (await side.clients.sns.send(new CreateTopicCommand({ Name: name }))).TopicArn ?? '';
const queue = async (QueueName: string, Attributes: Record<string, string> = {}): Promise<string> =>
  (await side.clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
const receive = async (QueueUrl: string): Promise<readonly Message[]> =>
  (
    await side.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    )
  ).Messages ?? [];
const inbox = (): readonly { readonly subject: string; readonly body: string; readonly to: string }[] =>
  side.account.parts.peer('inbox').messages();

describe('a topic', () => {
  test('brings e-mail to the inbox, as documents and as files', async () => {
    const TopicArn = await topic('news');
    await side.clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    await side.clients.sns.send(
      new PublishCommand({ TopicArn, Subject: 'Model v2 is live', Message: 'auc 0.78\nwas 0.75' }),
    );
    await side.account.clock.settled();
    expect(inbox()).toMatchObject([
      { to: 'team@example.com', subject: 'Model v2 is live', body: 'auc 0.78\nwas 0.75' },
    ]);
    expect(readdirSync(join(side.folder, 'inbox'))).toEqual([
      '000001-model-v2-is-live.json',
      '000001-model-v2-is-live.txt',
    ]);
    expect(readFileSync(join(side.folder, 'inbox', '000001-model-v2-is-live.txt'), 'utf8')).toBe(
      'Time: 2026-11-20T09:00:00.000Z\nTo: team@example.com\nSubject: Model v2 is live\n\nauc 0.78\nwas 0.75\n',
    );
    const listed = (await (await control(side.account, 'GET', '/_local/inbox')).json()) as {
      messages: unknown[];
    };
    expect(listed.messages).toHaveLength(1);
  });

  test('lets a filter policy choose by attributes or by body', async () => {
    const TopicArn = await topic('filtered');
    const subscribe = async (Endpoint: string, Attributes: Record<string, string>): Promise<void> =>
      void (await side.clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint, Attributes })));
    await subscribe('severe@x', { FilterPolicy: '{"severity":["high"],"rows":[{"numeric":[">",10]}]}' });
    await subscribe('body@x', { FilterPolicy: '{"state":{"value":["ALARM"]}}', FilterPolicyScope: 'MessageBody' });
    const publish = (Message: string, severity: string, rows: string): Promise<unknown> =>
      side.clients.sns.send(
        new PublishCommand({
          TopicArn,
          Message,
          MessageAttributes: {
            severity: { DataType: 'String', StringValue: severity },
            rows: { DataType: 'Number', StringValue: rows },
          },
        }),
      );
    await publish('{"state":{"value":"OK"}}', 'high', '11');
    await publish('{"state":{"value":"ALARM"}}', 'high', '9');
    await publish('no json', 'low', '11');
    await side.account.clock.settled();
    expect(inbox().map(({ to, body }) => [to, body])).toEqual([
      ['severe@x', '{"state":{"value":"OK"}}'],
      ['body@x', '{"state":{"value":"ALARM"}}'],
    ]);
  });

  test('refuses an address that is subscribed with another filter, and takes the same one again', async () => {
    const TopicArn = await topic('shared-mailbox');
    const subscribe = (severity: string): Promise<unknown> => {
      const Attributes = { FilterPolicy: JSON.stringify({ severity: [severity] }) };
      const to = { TopicArn, Protocol: 'email', Endpoint: 'team@example.com', ReturnSubscriptionArn: true };
      return side.clients.sns.send(new SubscribeCommand({ ...to, Attributes }));
    };
    const first = await subscribe('high');
    await expect(subscribe('low')).rejects.toThrow(
      'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
    expect(await subscribe('high')).toMatchObject({
      SubscriptionArn: (first as { SubscriptionArn: string }).SubscriptionArn,
    });
  });

  test('lets no message without attributes through a filter on attributes, even one that asks for their absence', async () => {
    const TopicArn = await topic('absent');
    const subscribe = async (Endpoint: string, FilterPolicy: string): Promise<unknown> =>
      side.clients.sns.send(
        new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint, Attributes: { FilterPolicy } }),
      );
    await subscribe('absent@x', '{"severity":[{"exists":false}]}');
    await side.clients.sns.send(new PublishCommand({ TopicArn, Message: 'bare' }));
    const MessageAttributes = { other: { DataType: 'String', StringValue: 'x' } };
    await side.clients.sns.send(new PublishCommand({ TopicArn, Message: 'with another', MessageAttributes }));
    await side.account.clock.settled();
    expect(inbox().map(({ body }) => body)).toEqual(['with another']);
  });

  test('fills queues, wrapped or raw, when their policy lets it', async () => {
    const TopicArn = await topic('fan-out');
    const urls = { wrapped: await queue('wrapped'), raw: await queue('raw'), closed: await queue('closed') };
    for (const name of ['wrapped', 'raw'] as const) {
      const Policy = JSON.stringify({
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arnOf(name),
            Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
          },
        ],
      });
      await side.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: urls[name], Attributes: { Policy } }));
    }
    for (const name of ['wrapped', 'raw', 'closed'])
      await side.clients.sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: arnOf(name),
          Attributes: name === 'raw' ? { RawMessageDelivery: 'true' } : {},
        }),
      );
    await side.clients.sns.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'hello', Subject: 's' }] }),
    );
    await side.account.clock.settled();
    expect(JSON.parse((await receive(urls.wrapped))[0]?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn,
      Subject: 's',
      Message: 'hello',
    });
    expect((await receive(urls.raw)).map((each) => each.Body)).toEqual(['hello']);
    expect(await receive(urls.closed)).toEqual([]);
    expect(side.traces('notification.failed')).toMatchObject([
      { endpoint: arnOf('closed'), error: expect.stringContaining('AWS::SQS::QueuePolicy') as string },
    ]);
  });

  test('posts to this machine only', async () => {
    const TopicArn = await topic('hooks');
    const got: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => got.push(chunk.toString()));
      request.on('end', () => response.end());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    await side.clients.sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'http',
        Endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
      }),
    );
    await side.clients.sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'https', Endpoint: 'https://hooks.example.com/x' }),
    );
    await side.clients.sns.send(new PublishCommand({ TopicArn, Message: 'hi' }));
    await side.account.clock.settled();
    await new Promise((done) => server.close(done));
    expect(got.map((each) => (JSON.parse(each) as { Message: string }).Message)).toEqual(['hi']);
    expect(side.traces('notification.delivered').map(({ protocol, how }) => [protocol, how])).toEqual([
      ['https', 'would be sent'],
      ['http', 'delivered'],
    ]);
  });

  test('keeps attributes and subscriptions, and refuses what is wrong', async () => {
    const { sns } = side.clients;
    const TopicArn = await topic('kept');
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Kept' }));
    const { SubscriptionArn = '' } = await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'a@x' }),
    );
    await sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn,
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"a":["b"]}',
      }),
    );
    expect((await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes).toMatchObject({
      DisplayName: 'Kept',
      SubscriptionsConfirmed: '1',
    });
    expect((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toMatchObject([
      { SubscriptionArn, Protocol: 'email', Endpoint: 'a@x' },
    ]);
    await expect(sns.send(new PublishCommand({ TopicArn: `${TopicArn}x`, Message: 'x' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    await expect(sns.send(new PublishCommand({ TopicArn, Subject: 'two\nlines', Message: 'x' }))).rejects.toThrow(
      /Subject/,
    );
    await expect(sns.send(new SubscribeCommand({ TopicArn, Protocol: 'firehose', Endpoint: 'x' }))).rejects.toThrow(
      /subscriptions with protocol firehose/,
    );
    await expect(
      sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: 'FilterPolicy',
          AttributeValue: '{"a":"b"}',
        }),
      ),
    ).rejects.toThrow(/FilterPolicy/);
  });
});

describe('a queue', () => {
  test('hides a received message for its visibility timeout, on the virtual clock', async () => {
    const QueueUrl = await queue('work', { VisibilityTimeout: '60' });
    await side.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'job',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
      }),
    );
    const [first] = await receive(QueueUrl);
    expect(first).toMatchObject({
      Body: 'job',
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes: { kind: { StringValue: 'x' } },
    });
    expect(await receive(QueueUrl)).toEqual([]);
    await side.advance(1);
    const [second] = await receive(QueueUrl);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    await side.clients.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: second?.ReceiptHandle ?? '',
        VisibilityTimeout: 0,
      }),
    );
    const [third] = await receive(QueueUrl);
    await side.clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: third?.ReceiptHandle ?? '' }));
    await side.advance(10);
    expect(await receive(QueueUrl)).toEqual([]);
  });

  test('moves a message that fails too often to the dead-letter queue', async () => {
    const dead = await queue('dead');
    const QueueUrl = await queue('work', {
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 }),
    });
    await side.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    for (const expected of [1, 1, 0]) expect(await receive(QueueUrl)).toHaveLength(expected);
    expect(await receive(dead)).toMatchObject([
      { Body: 'poison', Attributes: { DeadLetterQueueSourceArn: arnOf('work') } },
    ]);
  });

  test('delays, counts, purges, and finds itself by name', async () => {
    const { sqs } = side.clients;
    const QueueUrl = await queue('counted');
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'counted' }))).QueueUrl).toBe(QueueUrl);
    const { Successful = [], Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'now', MessageBody: 'a' },
          { Id: 'later', MessageBody: 'b', DelaySeconds: 60 },
        ],
      }),
    );
    expect([Successful.length, Failed.length]).toEqual([2, 0]);
    const counts = async (): Promise<unknown> =>
      (
        await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'],
          }),
        )
      ).Attributes;
    expect(await counts()).toEqual({ ApproximateNumberOfMessages: '1', ApproximateNumberOfMessagesDelayed: '1' });
    await side.advance(1);
    expect(await counts()).toEqual({ ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesDelayed: '0' });
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await counts()).toEqual({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesDelayed: '0' });
  });

  test('that is first-in-first-out keeps the order of a group and drops duplicates', async () => {
    const QueueUrl = await queue('ordered.fifo', { FifoQueue: 'true', VisibilityTimeout: '30' });
    const send = (MessageBody: string, MessageGroupId: string, MessageDeduplicationId: string): Promise<unknown> =>
      side.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId }));
    await send('a1', 'a', '1');
    await send('a1 again', 'a', '1');
    await send('b1', 'b', '2');
    const [first] =
      (await side.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }))).Messages ?? [];
    await send('a2', 'a', '3');
    expect(first?.Body).toBe('a1');
    expect((await receive(QueueUrl)).map((each) => each.Body)).toEqual(['b1']);
    await side.clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle ?? '' }));
    expect((await receive(QueueUrl)).map((each) => each.Body)).toEqual(['a2']);
  });

  test('keeps its messages over a restart', async () => {
    const QueueUrl = await queue('kept');
    await side.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'still here' }));
    await side.restart();
    expect((await receive(`${side.account.endpointUrl()}/000000000000/kept`)).map((each) => each.Body)).toEqual([
      'still here',
    ]);
    expect(existsSync(side.folder)).toBe(true);
  });

  test('that does not exist is named', async () => {
    await expect(side.clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'absent' }))).rejects.toThrow(
      /does not exist: absent/,
    );
  });
});
