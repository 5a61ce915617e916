import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import { EventSide } from '../../support/event-side';

const side = new EventSide();
beforeAll(() => side.up());
afterAll(() => side.down());

const zip = (source: string): Uint8Array => zipSync({ 'index.js': Buffer.from(source) });
async function invoke(
  FunctionName: string,
  payload: unknown = {},
): Promise<{ readonly payload: unknown; readonly error?: string; readonly log: string }> {
  const answer = await side.clients.lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(payload)), LogType: 'Tail' }),
  );
  return {
    payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8')) as unknown,
    error: answer.FunctionError,
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
  };
}

describe('a function', () => {
  test('runs with its settings, is warm the second time, and writes logs and metrics', async () => {
    const source = `let calls = 0;
      exports.handler = async (event, context) => {
        calls += 1;
        console.log('call', calls);
        return { calls, event, colour: process.env.COLOUR, name: context.functionName, memory: context.memoryLimitInMB, left: context.getRemainingTimeInMillis() > 1000, region: process.env.AWS_REGION, home: process.env.HOME ?? null };
      };`;
    await side.function('plain', source, { environment: { COLOUR: 'blue' } });
    expect(await invoke('plain', { a: 1 })).toMatchObject({
      payload: {
        calls: 1,
        event: { a: 1 },
        colour: 'blue',
        name: 'plain',
        memory: '128',
        left: true,
        region: 'us-east-1',
        home: null,
      },
    });
    const second = await invoke('plain');
    expect(second).toMatchObject({ payload: { calls: 2 } });
    expect(second.log).toMatch(
      /^START RequestId: .*\n.*INFO\tcall 2\nEND RequestId: .*\nREPORT RequestId: .*Memory Size: 128 MB$/,
    );
    expect(side.traces('function.invoked').map((each) => each.coldStart)).toEqual([true, false]);
    const { events = [] } = await side.clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/lambda/plain', filterPattern: 'call' }),
    );
    expect(events).toHaveLength(2);
    const { Datapoints = [] } = await side.clients.cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName: 'Invocations',
        Dimensions: [{ Name: 'FunctionName', Value: 'plain' }],
        StartTime: new Date(EventSide.start),
        EndTime: new Date(EventSide.start + 60_000),
        Period: 60,
        Statistics: ['Sum'],
      }),
    );
    expect(Datapoints[0]?.Sum).toBe(2);
  });

  test('that is an ES module finds the SDK that its bundle leaves out', async () => {
    await side.function(
      'esm',
      `import { SNSClient } from '@aws-sdk/client-sns';\nexport const handler = async () => typeof SNSClient;`,
      { file: 'index.mjs' },
    );
    expect((await invoke('esm')).payload).toBe('function');
  });

  test('with a callback answers by it', async () => {
    await side.function(
      'callback',
      `exports.handler = (event, context, callback) => setTimeout(() => callback(null, event.n + 1), 5);`,
    );
    expect((await invoke('callback', { n: 1 })).payload).toBe(2);
  });

  test('that throws answers its error and stays usable', async () => {
    await side.function(
      'throws',
      `exports.handler = async (event) => { if (event.bad) throw new TypeError('no good'); return 'fine'; };`,
    );
    expect(await invoke('throws', { bad: true })).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'TypeError', errorMessage: 'no good' },
    });
    expect(await invoke('throws')).toMatchObject({ payload: 'fine', error: undefined });
  });

  test.each([
    [
      'takes too long',
      `exports.handler = () => new Promise(() => setInterval(() => {}, 1000));`,
      /Task timed out after 1.00 seconds/,
    ],
    ['exits', `exports.handler = async () => process.exit(3);`, /Runtime exited with error: exit status 3/],
    ['cannot be loaded', `require('not-there');`, /Cannot find module 'not-there'/],
    ['has no handler', `exports.other = 1;`, /index.handler is undefined or not exported/],
  ])('that %s fails with the reason', async (title, source, message) => {
    const name = title.replaceAll(' ', '-');
    await side.function(name, source, { timeout: 1 });
    const { error, payload } = await invoke(name);
    expect(error).toBe('Unhandled');
    expect((payload as { errorMessage: string }).errorMessage).toMatch(message);
  });

  test('handles calls side by side', async () => {
    await side.function(
      'slow',
      `exports.handler = async (event) => { await new Promise((done) => setTimeout(done, 300)); return event.n; };`,
    );
    await invoke('slow');
    const started = Date.now();
    const answers = await Promise.all([1, 2, 3].map((n) => invoke('slow', { n })));
    expect(answers.map((each) => each.payload)).toEqual([1, 2, 3]);
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test('is refused beyond the concurrency it reserves', async () => {
    await side.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'slow', ReservedConcurrentExecutions: 0 }),
    );
    await expect(invoke('slow')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  });

  test('takes new code and settings at once', async () => {
    const { lambda } = side.clients;
    await side.function('changing', `exports.handler = async () => 'one';`);
    expect((await invoke('changing')).payload).toBe('one');
    const { Version = '' } = await lambda.send(new PublishVersionCommand({ FunctionName: 'changing' }));
    await lambda.send(new CreateAliasCommand({ FunctionName: 'changing', Name: 'live', FunctionVersion: Version }));
    await lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'changing',
        ZipFile: zip(`exports.handler = async () => 'two ' + process.env.X;`),
      }),
    );
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'changing', Environment: { Variables: { X: 'x' } } }),
    );
    expect((await invoke('changing')).payload).toBe('two x');
    expect((await invoke('changing:live')).payload).toBe('one');
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 5 }, { FunctionName: 'changing' });
    expect((await lambda.send(new GetFunctionCommand({ FunctionName: 'changing' }))).Configuration).toMatchObject({
      Runtime: 'nodejs22.x',
      State: 'Active',
      Environment: { Variables: { X: 'x' } },
    });
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'changing' }));
    await expect(invoke('changing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('calls AWS as its role, and only what the role allows', async () => {
    const role = await side.role('sender', 'lambda.amazonaws.com', ['sqs:GetQueueUrl']);
    await side.clients.sqs.send(new CreateQueueCommand({ QueueName: 'target' }));
    const source = `const { SQSClient, GetQueueUrlCommand, SendMessageCommand } = require('@aws-sdk/client-sqs');
      exports.handler = async () => {
        const client = new SQSClient({});
        const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'target' }));
        return client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })).then(() => 'sent', (error) => error.message);
      };`;
    await side.function('sender', source, { role });
    expect((await invoke('sender')).payload).toMatch(
      /sender is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:000000000000:target/,
    );
  });
});

describe('an asynchronous invocation', () => {
  const asynchronous = (FunctionName: string, payload: unknown): Promise<unknown> =>
    side.clients.lambda.send(
      new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(payload)) }),
    );

  test('is tried three times, one and two minutes apart, and then goes to its destination', async () => {
    const role = await side.role('fails-role', 'lambda.amazonaws.com', ['sqs:SendMessage']);
    const { QueueUrl } = await side.clients.sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
    await side.function('fails', `exports.handler = async () => { throw new Error('always'); };`, { role });
    await side.clients.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'fails',
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failures' } },
      }),
    );
    const runs = (): number => side.traces('function.invoked').filter((each) => each.function === 'fails').length;
    await asynchronous('fails', { n: 1 });
    await side.account.clock.settled();
    expect(runs()).toBe(1);
    await side.advance(1);
    expect(runs()).toBe(2);
    await side.advance(2);
    expect(runs()).toBe(3);
    const { Messages = [] } = await side.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { n: 1 },
      responsePayload: { errorMessage: 'always' },
    });
    expect(side.traces('function.gave-up')).toMatchObject([{ function: 'fails', attempts: 3 }]);
  });

  test('that was accepted runs after a restart', async () => {
    await side.function('later', `exports.handler = async (event) => { if (event.fail) throw new Error('not yet'); };`);
    await asynchronous('later', { fail: true });
    await side.account.clock.settled();
    await side.restart();
    await side.account.clock.settled();
    expect(side.traces('function.invoked').filter((each) => each.function === 'later').length).toBeGreaterThanOrEqual(
      2,
    );
  });
});

describe('a queue as event source', () => {
  test('feeds the function in batches; a failed batch comes back and ends in the dead-letter queue', async () => {
    const { sqs, lambda } = side.clients;
    const { QueueUrl: dead } = await sqs.send(new CreateQueueCommand({ QueueName: 'batch-dead' }));
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({
        QueueName: 'batches',
        Attributes: {
          VisibilityTimeout: '60',
          RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:batch-dead","maxReceiveCount":2}',
        },
      }),
    );
    await side.function(
      'batches',
      `exports.handler = async ({ Records }) => ({ batchItemFailures: Records.filter((each) => each.body === 'bad').map((each) => ({ itemIdentifier: each.messageId })) });`,
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'batches',
        EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:batches',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    for (const MessageBody of ['good', 'bad', 'good'])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await side.advance(3);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10 }));
    expect(Messages.map((each) => each.Body)).toEqual(['bad']);
    expect(
      (
        await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
          }),
        )
      ).Attributes,
    ).toEqual({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
  });
});

describe('what Lambda refuses', () => {
  const create = async (more: object): Promise<unknown> =>
    side.clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'wrong',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: await side.account.parts.iam.roleByArn('arn:aws:iam::000000000000:role/plain-role').arn,
        Code: { ZipFile: zip('') },
        ...more,
      }),
    );
  test.each([
    [
      'other runtimes, by name',
      { Runtime: 'python3.12' },
      /the runtime 'python3.12' of function wrong; supported: nodejs22.x, nodejs24.x/,
    ],
    ['layers, by name', { Layers: ['arn:aws:lambda:us-east-1:1:layer:x:1'] }, /Lambda layers/],
    ['a timeout over 15 minutes', { Timeout: 901 }, /'Timeout' is 901/],
    ['code that is no zip', { Code: { ZipFile: Buffer.from('hello') } }, /Could not unzip uploaded file/],
    [
      'a zip that writes elsewhere',
      { Code: { ZipFile: zipSync({ '../evil.js': Buffer.from('x') }) } },
      /entry outside of it: \.\.\/evil\.js/,
    ],
    [
      'an environment of more than 4 KB',
      { Environment: { Variables: { LARGE: 'x'.repeat(4096) } } },
      /exceeded the 4KB limit\. String measured: \{"LARGE":"x/,
    ],
    [
      'a role that is not there',
      { Role: 'arn:aws:iam::000000000000:role/absent' },
      /role\/absent cannot be assumed by lambda.amazonaws.com/,
    ],
  ])('%s', async (_title, more, message) => {
    await expect(create(more)).rejects.toThrow(message);
  });
});
