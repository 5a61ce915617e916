import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Chat } from '@mooring/use-case/chat';
import { environment } from '../../contracts/environment';
import { resourceNames, stackNames } from '../../contracts/names';
import { publish } from '../../lambda/shared/news';
import { Account } from '@mooring/local-account';
import { deploy } from '../../cli/account/cdk';
import { clientConfig, region } from '@mooring/local-account/test/support/clients';
import { root, testApp, testUseCases } from '../support/app';

const chats: Chat[] = [
  { type: 'slack', parameter: '/mooring/chats/risk' },
  { type: 'teams', parameter: '/mooring/chats/owners' },
];
const paths: Readonly<Record<Chat['type'], string>> = { slack: '/services/T1/B1/secret', teams: '/workflows/secret' };
const minute = 60_000;

/** Both chats on this machine. */
class ChatServer {
  readonly received: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[] = [];
  status: Record<string, number> = {};
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = request.url ?? '';
      this.received.push({ path, body: JSON.parse(body) as Readonly<Record<string, unknown>> });
      response.writeHead(this.status[path] ?? 200).end('ok');
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  paths(): string[] {
    return this.received.map((each) => each.path).sort();
  }
}

describe('a use case with chats, deployed by the CDK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-chat-'));
  const state = join(folder, 'account');
  const account = new Account({ folder: state, env: process.env, realNow: () => Date.parse('2026-11-20T09:00:00Z') });
  const server = new ChatServer();
  let origin = '';

  const config = () => clientConfig(account);
  const TopicArn = `arn:aws:sns:${region}:000000000000:${resourceNames.newsTopic('loans')}`;
  const FunctionName = resourceNames.chatFunction('loans');
  const assembly = join(folder, 'cdk.out');
  const deployStacks = (...stacks: readonly string[]): Promise<void> =>
    deploy({ root, work: folder, state, assembly, python: '' }, account.connection, stacks);
  const lambda = () => new LambdaClient(config());
  const put = ({ parameter: Name }: Chat, Value: string): Promise<unknown> =>
    new SSMClient(config()).send(
      new PutParameterCommand({ Name, Value, Type: 'SecureString', KeyId: 'alias/mooring', Overwrite: true }),
    );
  const tell = async (subject: string, lines: readonly string[] = ['text']): Promise<void> => {
    await publish(new SNSClient(config()), TopicArn, { useCase: 'loans', kind: 'drift', subject, lines });
    await account.clock.advance(0);
  };
  /** Changing it also ends the processes of the function, with the addresses that they know. */
  const allow = async (origins: string): Promise<void> => {
    const { Environment } = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, [environment.chatOrigins]: origins };
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  };
  const log = async (): Promise<string> => {
    const { LoggingConfig } = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName }));
    const { events = [] } = await new CloudWatchLogsClient(config()).send(
      new FilterLogEventsCommand({ logGroupName: LoggingConfig?.LogGroup }),
    );
    return events.map((each) => each.message).join('\n');
  };
  const deadLetters = async (): Promise<readonly string[]> => {
    const sqs = new SQSClient(config());
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: QueueUrls[0], MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map((each) => each.Body ?? '');
  };

  beforeAll(async () => {
    process.env['CDK_VALIDATION'] = 'false';
    const [loans] = testUseCases().filter(({ useCase }) => useCase.name === 'loans');
    if (loans === undefined) throw new Error('there is no use case loans');
    const notifications = { emails: ['team@example.com'], webhooks: [], chats };
    testApp([{ ...loans, useCase: { ...loans.useCase, notifications } }], assembly).synth();
    origin = await server.start();
    await account.start();
    await deployStacks(stackNames.foundation, stackNames.training('loans'));
    for (const chat of chats) await put(chat, `${origin}${paths[chat.type]}`);
  }, 3 * minute);
  afterAll(async () => {
    await account.stop();
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    server.received.splice(0);
    server.status = {};
  });

  test('posts nothing to a host that is no chat, as it is deployed', async () => {
    await tell('refused');
    await account.clock.advance(10 * minute);
    expect(server.received).toEqual([]);
    expect(await log()).toContain(
      '2 of 2 chats did not receive the message: slack (/mooring/chats/risk): the address in the parameter is not https; teams',
    );
  });

  test('tells each chat in its own format what the others get by e-mail', async () => {
    await allow(origin);
    await tell('drift in annuity', ['The requests <differ>.', '', '- annuity: drift is 0.31']);
    expect(server.paths()).toEqual([paths.slack, paths.teams]);
    const of = (path: string): unknown => server.received.find((each) => each.path === path)?.body;
    expect(of(paths.slack)).toEqual({
      text: '[loans] drift in annuity',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '[loans] drift in annuity' } },
        {
          type: 'section',
          text: { type: 'mrkdwn', text: 'The requests &lt;differ&gt;.\n\n- annuity: drift is 0.31', verbatim: true },
        },
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'loans, drift', verbatim: true }] },
      ],
    });
    expect(of(paths.teams)).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }],
    });
    const mail = account.parts.peer('inbox').messages().at(-1);
    expect(mail).toMatchObject({ subject: '[loans] drift in annuity', to: 'team@example.com' });
  });

  test('tells only the chat that failed when Lambda tries again', async () => {
    server.status = { [paths.slack]: 503 };
    await tell('twice');
    expect(server.paths()).toEqual([paths.slack, paths.teams]);
    server.status = {};
    await account.clock.advance(5 * minute);
    expect(server.paths()).toEqual([paths.slack, paths.slack, paths.teams]);
  });

  test('gives up after three attempts: the news lie in the dead letters, and the alarm fires', async () => {
    server.status = { [paths.slack]: 404 };
    await tell('lost');
    await account.clock.advance(10 * minute);
    expect(server.paths()).toEqual([paths.slack, paths.slack, paths.slack, paths.teams]);
    expect((await deadLetters()).filter((each) => each.includes('[loans] lost'))).toHaveLength(1);
    const AlarmNames = [`${FunctionName}-errors`];
    const { MetricAlarms = [] } = await new CloudWatchClient(config()).send(new DescribeAlarmsCommand({ AlarmNames }));
    expect(MetricAlarms.map((each) => each.StateValue)).toEqual(['ALARM']);
  });

  test('never writes an address into a log, dead letters or the trace', async () => {
    const written = [await log(), ...(await deadLetters()), JSON.stringify(account.trace.read())];
    expect(written[0]).toContain('answered 404');
    for (const each of written) expect(each).not.toMatch(/\/secret|services\/T1/);
  });

  test('may read its parameters only', async () => {
    const { Role = '' } = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName }));
    const keys = account.parts.iam.credentialsFor(Role);
    const ssm = new SSMClient({
      ...config(),
      credentials: {
        accessKeyId: keys.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: keys.AWS_SECRET_ACCESS_KEY ?? '',
        sessionToken: keys.AWS_SESSION_TOKEN,
      },
    });
    const read = (Name: string): Promise<string> =>
      ssm.send(new GetParameterCommand({ Name, WithDecryption: true })).then(
        ({ Parameter }) => Parameter?.Value ?? '',
        (error: Error) => error.name,
      );
    expect(await read('/mooring/chats/risk')).toBe(`${origin}${paths.slack}`);
    await put({ type: 'slack', parameter: '/mooring/chats/others' }, 'x');
    expect(await read('/mooring/chats/others')).toBe('AccessDeniedException');
    expect(await read('/mooring/data-bucket')).toBe('AccessDeniedException');
  });

  test('subscribes others to the same topic as ever', async () => {
    await new SNSClient(config()).send(
      new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'new@example.com' }),
    );
    await tell('all');
    const to = account.parts
      .peer('inbox')
      .messages()
      .filter((each) => each.subject === '[loans] all');
    expect(to.map((each) => each.to).sort()).toEqual(['new@example.com', 'team@example.com']);
    expect(server.paths()).toEqual([paths.slack, paths.teams]);
  });

  test(
    'that fires about a chat notifies once, although the chat cannot be reached then either',
    async () => {
      await deployStacks(stackNames.monitoring('loans'));
      await account.clock.advance(10 * minute);
      server.received.splice(0);
      server.status = { [paths.slack]: 500 };
      await tell('first');
      await account.clock.advance(30 * minute);
      const rang = account.parts
        .peer('inbox')
        .messages()
        .filter((each) => each.to === 'team@example.com' && each.subject.includes('loans-chat-errors'));
      expect(rang.map((each) => each.subject)).toEqual(['[loans] loans-chat-errors is ALARM']);
      expect(server.paths()).toEqual([...Array.from({ length: 6 }, () => paths.slack), paths.teams, paths.teams]);
    },
    minute,
  );
});
