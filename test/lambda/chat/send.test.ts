import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Chat } from '@mooring/use-case/chat';
import { Addresses, checkedAddress, freshFor } from '../../../lambda/chat/address';
import type { Message } from '../../../lambda/chat/message';
import { type Answer, poster } from '../../../lambda/chat/post';
import { type Context, send } from '../../../lambda/chat/send';
import { Notified } from '../../../lambda/chat/notified';

const slack: Chat = { type: 'slack', parameter: '/mooring/chats/risk' };
const teams: Chat = { type: 'teams', parameter: '/mooring/chats/owners' };
const secrets: Readonly<Record<string, string>> = {
  [slack.parameter]: 'https://hooks.slack.com/services/T1SECRET/B1SECRET/c1secret',
  [teams.parameter]: 'https://prod-7.westeurope.logic.azure.com:443/workflows/f1secret/triggers?sig=s1secret',
};
const news: Message = { id: 'm1', subject: 'drift', text: 'annuity', useCase: 'loans', kind: 'drift' };

/** Chats that answer as configured, with a clock that does not move. */
class Desk {
  time = 0;
  readonly parameters: Record<string, string> = { ...secrets };
  readonly posted: string[] = [];
  reads = 0;
  answer: (host: string) => Answer = () => ({ status: 200, text: 'ok' });
  private readonly now = (): number => this.time;
  private readonly ssm = {
    send: ({ input }: { readonly input: { readonly Name: string; readonly WithDecryption?: boolean } }) => {
      this.reads += 1;
      const Value = this.parameters[input.Name];
      if (Value === undefined) return Promise.reject(Object.assign(new Error('gone'), { name: 'ParameterNotFound' }));
      return Promise.resolve({ Parameter: { Value: input.WithDecryption === true ? Value : 'sealed' } });
    },
  } as unknown as SSMClient;
  private readonly context: Context;

  constructor(chats: readonly Chat[] = [slack, teams]) {
    const addresses = new Addresses(this.ssm, this.now);
    const post = (url: URL): Promise<Answer> => {
      this.posted.push(url.hostname);
      return new Promise((done) => done(this.answer(url.hostname)));
    };
    this.context = { chats, addresses, post, notified: new Notified(this.now), origins: [] };
  }

  /** The message of the error; empty when all received it. */
  send(message: Message = news): Promise<string> {
    return send(this.context, message).then(
      () => '',
      (error: Error) => `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)}`,
    );
  }
}

const hosts = ['hooks.slack.com', 'prod-7.westeurope.logic.azure.com'];
const secret = /secret|services\/|workflows\/|sig=/i;

describe('telling chats', () => {
  test('posts to each', async () => {
    const desk = new Desk();
    expect(await desk.send()).toBe('');
    expect(desk.posted).toEqual(hosts);
  });

  test('fails when a chat does not accept, with its own word, after the others received it', async () => {
    const desk = new Desk();
    desk.answer = (host) => (host === hosts[0] ? { status: 400, text: 'invalid_blocks' } : { status: 202, text: '' });
    const error = await desk.send();
    expect(error).toContain(
      '1 of 2 chats did not receive the message: slack (/mooring/chats/risk): answered 400 invalid_blocks',
    );
    expect(desk.posted).toEqual(hosts);
  });

  test('sends only to those that failed when Lambda repeats the event', async () => {
    const desk = new Desk();
    desk.answer = (host) => ({ status: host === hosts[0] ? 503 : 202, text: '' });
    await desk.send();
    desk.answer = () => ({ status: 200, text: 'ok' });
    expect(await desk.send()).toBe('');
    expect(desk.posted).toEqual([...hosts, hosts[0]]);
    expect(await desk.send({ ...news, id: 'm2' })).toBe('');
    expect(desk.posted).toHaveLength(5);
  });

  test('leaves out a chat whose parameter says none: other accounts may send it', async () => {
    const desk = new Desk();
    desk.parameters[slack.parameter] = 'none\n';
    expect(await desk.send()).toBe('');
    expect(desk.posted).toEqual([hosts[1]]);
  });

  test('says that a parameter is missing, and where to read on', async () => {
    const desk = new Desk();
    delete desk.parameters[slack.parameter];
    expect(await desk.send()).toContain(
      'slack (/mooring/chats/risk): the parameter does not exist; see docs/operating.md#chats',
    );
    expect(desk.posted).toEqual([hosts[1]]);
  });

  test.each([
    ['a refusal that repeats the address', () => ({ status: 404, text: `no ${secrets[slack.parameter]}` })],
    ['a redirection', () => ({ status: 302, text: '' })],
    [
      'an error of someone else',
      () => {
        throw new TypeError(`cannot fetch ${secrets[slack.parameter]}`);
      },
    ],
  ] as const)('never shows an address in its error: %s', async (_, answer) => {
    const desk = new Desk([slack, teams]);
    desk.answer = answer;
    const error = await desk.send();
    expect(error).toMatch(/2 of 2 chats did not receive the message: .*(answered (404|302)|failed with TypeError)/);
    expect(error).not.toMatch(secret);
  });
});

describe('the address of a chat', () => {
  test('is read once in five minutes, for each chat', async () => {
    const desk = new Desk();
    for (const id of ['a', 'b', 'c']) await desk.send({ ...news, id });
    expect(desk.reads).toBe(2);
    desk.time += freshFor;
    await desk.send({ ...news, id: 'd' });
    expect(desk.reads).toBe(4);
  });

  test('is read again after a refusal: the webhook may have been made anew', async () => {
    const desk = new Desk([slack]);
    desk.answer = () => ({ status: 404, text: 'no_service' });
    await desk.send();
    desk.answer = () => ({ status: 200, text: 'ok' });
    expect(await desk.send()).toBe('');
    expect(desk.reads).toBe(2);
  });

  test('is not kept when it could not be read', async () => {
    const desk = new Desk([slack]);
    delete desk.parameters[slack.parameter];
    await desk.send();
    desk.parameters[slack.parameter] = secrets[slack.parameter] ?? '';
    expect(await desk.send()).toBe('');
  });

  test.each([
    ['slack', 'https://hooks.slack.com/services/T/B/x'],
    ['slack', ' https://hooks.slack.com/services/T/B/x\n'],
    ['slack', 'https://hooks.slack-gov.com/services/T/B/x'],
    ['teams', 'https://prod-7.westeurope.logic.azure.com:443/workflows/f'],
    ['teams', 'https://default1.2.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/f'],
  ] as const)('of %s may be %j', (type, address) => {
    expect(checkedAddress(type, address, []).href).toBe(address.trim().replace(':443', ''));
  });

  const foreign = "the address in the parameter is not one of slack's webhooks";
  test.each([
    ['http://hooks.slack.com/services/secret', 'the address in the parameter is not https'],
    ['file:///etc/secret', 'the address in the parameter is not https'],
    ['secret', 'the parameter holds no URL'],
    ['', 'the parameter holds no URL'],
    ['https://169.254.169.254/latest/secret', foreign],
    ['https://127.0.0.1/secret', foreign],
    ['https://hooks.slack.com.example.com/secret', foreign],
    ['https://example.com/hooks.slack.com/secret', foreign],
    ['https://hooks.slack.com@example.com/secret', foreign],
    ['https://secret:secret@hooks.slack.com/', foreign],
    ['https://hooks.slack.com:8443/secret', foreign],
    ['https://prod-7.westeurope.logic.azure.com/workflows/secret', foreign],
    ['https://hooks.slack.com./secret', foreign],
  ])('cannot be %j', (address, message) => {
    expect(() => checkedAddress('slack', address, [])).toThrow(new Error(message));
    expect(message).not.toMatch(/secret/);
  });

  test('may have another origin only where the environment allows that very one', () => {
    const origins = ['http://127.0.0.1:9000'];
    expect(checkedAddress('slack', 'http://127.0.0.1:9000/x', origins).port).toBe('9000');
    for (const other of ['http://127.0.0.1:9001/x', 'https://127.0.0.1:9000/x', 'http://127.0.0.1/x'])
      expect(() => checkedAddress('slack', other, origins)).toThrow('the address in the parameter');
  });
});

describe('posting', () => {
  const servers: Server[] = [];
  const serve = async (answer: (response: ServerResponse, body: string) => void): Promise<URL> => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => answer(response, `${request.headers['content-type'] ?? ''} ${body}`));
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/services/secret`);
  };
  const failure = (posted: Promise<Answer>): Promise<string> =>
    posted.then(
      () => 'no failure',
      (error: Error) => `${error.message} ${String(error.cause ?? '')}`.trim(),
    );
  afterAll(() => {
    for (const each of servers) {
      each.closeAllConnections();
      each.close();
    }
  });

  test('sends JSON and gives the answer', async () => {
    const url = await serve((response, body) => response.writeHead(201).end(body));
    expect(await poster()(url, '{"a":"ü"}')).toEqual({
      status: 201,
      text: 'application/json; charset=utf-8 {"a":"ü"}',
    });
  });

  test('does not follow a redirection', async () => {
    const asked: string[] = [];
    const inside = await serve((response, body) => response.end(asked.push(body)));
    const url = await serve((response) => response.writeHead(307, { location: inside.href }).end());
    expect((await poster()(url, '{}')).status).toBe(307);
    expect(asked).toEqual([]);
  });

  test('gives up on a chat that does not answer, or answers without end', async () => {
    const silent = await serve(() => undefined);
    expect(await failure(poster(100)(silent, '{}'))).toBe('did not answer within 0.1 s');
    const endless = await serve((response) => response.writeHead(200).write('a'));
    expect(await failure(poster(100)(endless, '{}'))).toBe('did not answer within 0.1 s');
  });

  test('says why a chat could not be reached, without its address', async () => {
    const url = await serve((response) => response.end());
    await new Promise((done) => servers.at(-1)?.close(done));
    expect(await failure(poster()(url, '{}'))).toBe('could not be reached (ECONNREFUSED)');
  });
});
