import { Account } from '../../src/account';
import type { Site } from '../../src/core/module';
import { defaultModules } from '../../src/modules';
import { type RawAnswer, type RawRequest, sendRaw, signRaw } from '../support/raw-request';
import { dropFolders, freshFolder } from '../support/account';

/** A route of the account, and the service that requests for it are signed for. */
interface Target {
  readonly name: string;
  readonly service: string;
  readonly request: RawRequest;
}

/** What a browser adds to a request of a page of another origin, and what a client of another machine sends. */
const foreign: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'another origin': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'another port of this machine': { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' },
  'a sandboxed page': { origin: 'null', 'sec-fetch-site': 'cross-site' },
  'an image or a link, without an origin': { 'sec-fetch-site': 'cross-site' },
  'a name that was rebound': { host: 'evil.example' },
  '0.0.0.0': { host: '0.0.0.0' },
};

const open: Site = {
  serves: ({ path }) => path === '/open-to-everybody',
  admitsOrigin: () => false,
  handle: ({ exchange }) => {
    exchange.response.end('served');
    return Promise.resolve();
  },
};

describe('every route of the account', () => {
  let account: Account;
  let targets: readonly Target[];
  beforeAll(async () => {
    account = await started();
    targets = targetsOf(account);
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });

  const send = async (
    { request, service }: Target,
    more: Readonly<Record<string, string>>,
    signed: boolean,
  ): Promise<RawAnswer> => {
    const endpoint = account.endpointUrl();
    const { port } = new URL(endpoint);
    const headers: Record<string, string> = { ...request.headers, ...more };
    if (more.host !== undefined) headers.host = `${more.host}:${port}`;
    const full = { ...request, headers };
    return sendRaw(endpoint, signed ? await signRaw(endpoint, full, { keys: account.keys, service }) : full);
  };

  test('is enumerated: each operation of each service, each control, S3 and sites', () => {
    const services = new Set(targets.map((each) => each.service));
    console.log(`routes: ${targets.length} of ${services.size} signing names`);
    expect(targets.length).toBeGreaterThan(200);
    expect([...services]).toEqual(
      expect.arrayContaining(['s3', 'iam', 'lambda', 'sagemaker', 'mooring', 'execute-api']),
    );
  });

  test.each(Object.entries(foreign))('refuses %s, even with a good signature', async (_, headers) => {
    const before = account.trace.read().length;
    for (const target of targets) {
      const { status, text } = await send(target, headers, true);
      expect([target.name, status, isHead(target) || /may not use|is not an address/.test(text)]).toEqual([
        target.name,
        403,
        true,
      ]);
    }
    expect(account.trace.read().slice(before)).toEqual([]);
  });

  test('refuses what is not signed', async () => {
    const before = account.trace.read().length;
    for (const target of targets.filter((each) => each.service !== 'execute-api')) {
      const { status, text } = await send(target, {}, false);
      expect([
        target.name,
        [400, 403].includes(status),
        isHead(target) || /the request is not signed/.test(text),
      ]).toEqual([target.name, true, true]);
    }
    expect(account.trace.read().slice(before)).toEqual([]);
  });

  test('refuses the fixed keys of former versions', async () => {
    const endpoint = account.endpointUrl();
    const keys = { accessKeyId: 'AKIALOCALADMIN', secretAccessKey: 'local' };
    for (const target of targets.filter((each) => each.service !== 'execute-api')) {
      const { name, request, service } = target;
      const { status, text } = await sendRaw(endpoint, await signRaw(endpoint, request, { keys, service }));
      const named = isHead(target) || text.includes('has no access key AKIALOCALADMIN');
      expect([name, [400, 403].includes(status), named]).toEqual([name, true, true]);
    }
  });

  test('takes a request of a program', async () => {
    const target = { service: 'execute-api', name: '', request: { method: 'GET', path: '/open-to-everybody' } };
    expect(await send(target, {}, false)).toMatchObject({ status: 200, text: 'served' });
    const health = { service: 'mooring', name: '', request: { method: 'GET', path: '/_local/health' } };
    expect(await send(health, {}, true)).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });

  test('lets no page frame it, guess its type or run scripts with its origin', async () => {
    for (const path of ['/open-to-everybody', '/_local/health', '/bucket/key'])
      expect((await sendRaw(account.endpointUrl(), { method: 'GET', path })).headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringMatching(/^sandbox .*frame-ancestors 'none'/),
        'cross-origin-resource-policy': 'same-origin',
      });
  });
});

describe('the host of a request', () => {
  let account: Account;
  beforeAll(async () => {
    account = await started();
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });
  const status = async (host: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
    const { port } = new URL(account.endpointUrl());
    const request = {
      method: 'GET',
      path: '/open-to-everybody',
      headers: { ...headers, host: host.replace('PORT', port) },
    };
    return (await sendRaw(account.endpointUrl(), request)).status;
  };

  test.each([
    '127.0.0.1:PORT',
    'localhost:PORT',
    'LOCALHOST:PORT',
    '[::1]:PORT',
    'bucket.localhost:PORT',
    'my.bucket.s3.localhost:PORT',
    'abcdefghij.execute-api.us-east-1.localhost:PORT',
  ])('may be %s', async (host) => expect(await status(host)).not.toBe(403));

  test.each([
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost:80',
    '0.0.0.0:PORT',
    '127.0.0.2:PORT',
    '2130706433:PORT',
    '[::]:PORT',
    'localhost.evil.example:PORT',
    'bucket.localhost.evil.example:PORT',
    'abcdefghij.execute-api.evil.example:PORT',
    '127.0.0.1:PORT@evil.example',
    'localhost:PORT:PORT',
    '',
  ])("may not be '%s'", async (host) => expect([400, 403]).toContain(await status(host)));

  test('is part of the origin: a page of the account itself may ask', async () => {
    const { port } = new URL(account.endpointUrl());
    const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    expect(await status('127.0.0.1:PORT', own)).toBe(200);
    expect(await status('localhost:PORT', own)).toBe(403);
  });

  test('opens no WebSocket', async () => {
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    expect(await status('127.0.0.1:PORT', upgrade)).toBe(403);
  });
});

/** Answers to HEAD have no body that could give the reason. */
const isHead = ({ request }: Target): boolean => request.method === 'HEAD';

async function started(): Promise<Account> {
  const account = new Account({ folder: freshFolder(), modules: withSite() });
  await account.start();
  return account;
}

/** All modules, and a site that serves whoever comes to it. */
function withSite(): NonNullable<ConstructorParameters<typeof Account>[0]['modules']> {
  return [...defaultModules, () => ({ name: 'open', services: [], providers: [], sites: [open] })];
}

/** Everything that the account's modules declare, as a client would ask for it. */
function targetsOf(account: Account): readonly Target[] {
  const { modules } = account.support;
  const services = modules.flatMap((module) => module.services);
  const controls = modules.flatMap((module) => module.controls ?? []);
  const s3 = [
    'GET /',
    'GET /bucket',
    'PUT /bucket',
    'DELETE /bucket',
    'HEAD /bucket/key',
    'PUT /bucket/key',
    'GET /bucket/key',
    'DELETE /bucket/key',
    'POST /bucket?delete',
    'POST /bucket/key?uploads',
  ];
  return [
    ...services.flatMap((service) => {
      const named = Object.keys(service.operations).flatMap((operation): Target[] => [
        {
          name: `json ${service.signingName}:${operation}`,
          service: service.signingName,
          request: { method: 'POST', path: '/', headers: { 'x-amz-target': `X.${operation}` }, body: '{}' },
        },
        {
          name: `query ${service.signingName}:${operation}`,
          service: service.signingName,
          request: {
            method: 'POST',
            path: '/',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: `Action=${operation}`,
          },
        },
        {
          name: `cbor ${service.signingName}:${operation}`,
          service: service.signingName,
          request: {
            method: 'POST',
            path: `/service/X/operation/${operation}`,
            headers: { 'smithy-protocol': 'rpc-v2-cbor' },
          },
        },
      ]);
      const routed = (service.routes ?? []).map(({ method, path, operation }): Target => ({
        name: `rest ${service.signingName}:${operation}`,
        service: service.signingName,
        request: { method, path: path.replaceAll(/\{[^}]+\}/g, 'name') },
      }));
      return [...named, ...routed];
    }),
    ...controls.map(({ method, path }): Target => ({
      name: `control ${method} ${path}`,
      service: 'mooring',
      request: { method, path, ...(method === 'GET' ? {} : { body: '{}' }) },
    })),
    ...s3.map((each): Target => {
      const [method = '', path = ''] = each.split(' ');
      return { name: `s3 ${each}`, service: 's3', request: { method, path } };
    }),
    ...['/open-to-everybody', '/_aws/execute-api/abcdefghij/predict'].map((path): Target => ({
      name: `site ${path}`,
      service: 'execute-api',
      request: { method: 'POST', path, body: '{}' },
    })),
  ];
}
