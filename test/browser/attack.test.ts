import { existsSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { Account } from '@mooring/local-account';
import { clientConfig } from '@mooring/local-account/test/support/clients';
import { presignRaw } from '@mooring/local-account/test/support/raw-request';
import { clientsOf, dropFolders, freshFolder } from '@mooring/local-account/test/support/account';

const executablePath = '/usr/bin/chromium';
const present = existsSync(executablePath);
if (!present) console.warn(`skipped: ${executablePath} is not there; on Debian: apt-get install chromium`);

/** What the page of an attacker knows and may try: the port, and every fixed key the account ever had. */
interface Target {
  readonly port: number;
  /** http://127.0.0.1:<port> */
  readonly url: string;
  /** A presigned URL of an HTML object that leaked. */
  readonly leaked: string;
}

/** One attack: gives what the page could read or do, as far as the page itself can tell; empty for nothing. */
interface Attack {
  readonly name: string;
  readonly run: (target: Target) => Promise<string>;
}

const forged = (service: string): string =>
  new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `AKIALOCALADMIN/20261120/us-east-1/${service}/aws4_request`,
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': '0'.repeat(64),
  }).toString();
const trust =
  '{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

(present ? describe : describe.skip)('a web page of somebody else', () => {
  const folder = freshFolder();
  const account = new Account({ folder });
  let browser: Browser;
  let evil: Server;
  let evilUrl: string;
  let target: Target;

  beforeAll(async () => {
    await account.start();
    evil = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title><body></body>'),
    );
    await new Promise<void>((done) => evil.listen(0, '127.0.0.1', done));
    const evilPort = (evil.address() as AddressInfo).port;
    evilUrl = `http://evil.example:${evilPort}/`;
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--host-resolver-rules=MAP *.example 127.0.0.1'],
    });
    const { s3 } = clientsOf(account);
    await s3.send(new CreateBucketCommand({ Bucket: 'reports' }));
    const page = '<!doctype html><title>stored</title><p id="stored">a stored page</p>';
    await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'page.html', Body: page, ContentType: 'text/html' }));
    const url = account.endpointUrl();
    const request = { method: 'GET', path: '/reports/page.html' };
    const leaked = await presignRaw(url, request, { keys: account.keys, service: 's3' }, 3600);
    target = { url, port: Number(new URL(url).port), leaked: `${url}${leaked}` };
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    evil.close();
    await account.stop();
    rmSync(folder, { recursive: true, force: true });
    dropFolders();
  });

  /** Runs a script in a page of the attacker; its text result. */
  async function onPage(url: string, script: string, argument: unknown = target): Promise<string> {
    const context: BrowserContext = await browser.newContext();
    try {
      const page: Page = await context.newPage();
      await page.goto(url);
      return await page.evaluate<string>(`(${script})(${JSON.stringify(argument)})`);
    } finally {
      await context.close();
    }
  }

  /** What in the account a page could have changed. */
  async function damage(): Promise<readonly string[]> {
    const iam = new IAMClient(clientConfig(account));
    const lambda = new LambdaClient(clientConfig(account));
    const there = (work: Promise<unknown>): Promise<boolean> =>
      work.then(
        () => true,
        (error: Error) => {
          if (/NoSuchEntity|ResourceNotFound/.test(error.name)) return false;
          throw error;
        },
      );
    const { s3 } = clientsOf(account);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'reports' }));
    const object = await s3.send(new GetObjectCommand({ Bucket: 'reports', Key: 'page.html' }));
    return [
      ...((await there(iam.send(new GetRoleCommand({ RoleName: 'evil' })))) ? ['a role was made'] : []),
      ...((await there(lambda.send(new GetFunctionCommand({ FunctionName: 'evil' })))) ? ['a function was made'] : []),
      ...(existsSync(marker) ? ['code of the page ran as this user'] : []),
      ...(account.clock.now().getTime() - Date.now() > 60_000 ? ['the clock was moved'] : []),
      ...(Contents.length === 1 ? [] : ['objects were made or deleted']),
      ...((await object.Body?.transformToString())?.includes('a stored page') === true
        ? []
        : ['an object was changed']),
    ];
  }

  const marker = join(folder, 'code-of-a-page-ran');
  const code = `exports.handler = async () => require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'as this user');`;
  const body = `async (text) => (await text.text()).slice(0, 200)`;
  const attacks: readonly Attack[] = [
    {
      name: 'a form-encoded fetch that needs no preflight makes a role',
      run: ({ url }) =>
        onPage(
          evilUrl,
          `async ({ at, body }) => {
            await fetch(at, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }).catch(() => undefined);
            return '';
          }`,
          {
            at: `${url}/?${forged('iam')}`,
            body: new URLSearchParams({
              Action: 'CreateRole',
              RoleName: 'evil',
              AssumeRolePolicyDocument: trust,
            }).toString(),
          },
        ),
    },
    {
      name: 'a text/plain fetch makes a function and invokes it',
      run: ({ url }) =>
        onPage(
          evilUrl,
          `async ({ make, invoke, body }) => {
            for (const at of [make, invoke]) await fetch(at, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body }).catch(() => undefined);
            return '';
          }`,
          {
            make: `${url}/2015-03-31/functions?${forged('lambda')}`,
            invoke: `${url}/2015-03-31/functions/evil/invocations?${forged('lambda')}`,
            body: JSON.stringify({
              FunctionName: 'evil',
              Runtime: 'nodejs22.x',
              Handler: 'index.handler',
              Role: 'arn:aws:iam::000000000000:role/evil',
              Code: { ZipFile: Buffer.from(zipSync({ 'index.js': Buffer.from(code) })).toString('base64') },
            }),
          },
        ),
    },
    {
      name: 'a form of type text/plain moves the clock',
      run: ({ url }) =>
        onPage(
          evilUrl,
          `async (at) => {
            const form = Object.assign(document.createElement('form'), { method: 'POST', action: at, enctype: 'text/plain', target: 'sink' });
            const frame = Object.assign(document.createElement('iframe'), { name: 'sink' });
            const field = Object.assign(document.createElement('input'), { name: '{"duration": "365d", "a": "', value: '"}' });
            form.append(field);
            document.body.append(frame, form);
            const loaded = new Promise((done) => frame.addEventListener('load', done));
            form.submit();
            await Promise.race([loaded, new Promise((done) => setTimeout(done, 2000))]);
            return '';
          }`,
          `${url}/_local/clock`,
        ),
    },
    {
      name: 'a multipart form stores an object',
      run: ({ url }) =>
        onPage(
          evilUrl,
          `async (at) => {
            const form = new FormData();
            form.append('key', 'evil');
            form.append('file', new Blob(['evil']));
            await fetch(at, { method: 'POST', mode: 'no-cors', body: form }).catch(() => undefined);
            return '';
          }`,
          `${url}/reports?${forged('s3')}`,
        ),
    },
    {
      name: 'a beacon moves the clock',
      run: ({ url }) =>
        onPage(
          evilUrl,
          `async (at) => {
            navigator.sendBeacon(at, new Blob(['{"duration": "365d"}'], { type: 'text/plain' }));
            await new Promise((done) => setTimeout(done, 500));
            return '';
          }`,
          `${url}/_local/clock`,
        ),
    },
    {
      name: 'a page on another port of this machine reads and drives the account',
      run: ({ url }) =>
        onPage(
          evilUrl.replace('evil.example', '127.0.0.1'),
          `async (url) => {
            await fetch(url + '/_local/clock', { method: 'POST', mode: 'no-cors', body: '{"duration": "365d"}' }).catch(() => undefined);
            return await fetch(url + '/_local/trace').then(${body}, () => '');
          }`,
          url,
        ),
    },
    {
      name: 'a name that was rebound to this machine is the same origin as the account',
      run: ({ port }) =>
        onPage(
          `http://rebound.example:${port}/_local/clock`,
          `async (headers) => {
            const ask = (path, options) => fetch(path, options).catch(() => undefined);
            await ask('/_local/clock', { method: 'POST', body: '{"duration": "365d"}' });
            await ask('/', { method: 'POST', headers, body: 'Action=CreateRole&RoleName=evil' });
            const answer = await ask('/_local/trace');
            return answer?.ok ? (await answer.text()).slice(0, 200) : '';
          }`,
          {
            'content-type': 'application/x-www-form-urlencoded',
            authorization:
              'AWS4-HMAC-SHA256 Credential=AKIALOCALADMIN/20261120/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0',
          },
        ),
    },
    {
      name: '0.0.0.0 reaches this machine around the rules for the loopback',
      run: ({ port }) =>
        onPage(
          evilUrl,
          `async (url) => {
            await fetch(url + '/_local/clock', { method: 'POST', mode: 'no-cors', body: '{"duration": "365d"}' }).catch(() => undefined);
            return await fetch(url + '/_local/trace').then(${body}, () => '');
          }`,
          `http://0.0.0.0:${port}`,
        ),
    },
    {
      name: 'a WebSocket is no subject of the same-origin policy',
      run: ({ port }) =>
        onPage(
          evilUrl,
          `(port) => new Promise((done) => {
            const socket = new WebSocket('ws://127.0.0.1:' + port + '/_local/trace');
            socket.onopen = () => done('the socket opened');
            socket.onerror = () => done('');
            setTimeout(() => done(''), 2000);
          })`,
          port,
        ),
    },
    {
      name: 'a frame shows a page of the account',
      run: async ({ leaked }) => {
        const context = await browser.newContext();
        try {
          const page = await context.newPage();
          await page.goto(evilUrl);
          await page.evaluate<unknown>(
            `(at) => new Promise((done) => {
              const frame = Object.assign(document.createElement('iframe'), { src: at, onload: done });
              document.body.append(frame);
              setTimeout(done, 2000);
            })`
              .replace('(at)', '(at = ' + JSON.stringify(leaked) + ')')
              .replace(/^/, '(')
              .concat(')()'),
          );
          const shown = await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')));
          return shown.find((content) => content.includes('a stored page')) ?? '';
        } finally {
          await context.close();
        }
      },
    },
    {
      name: 'a leaked presigned URL is changed to read, write and delete more',
      run: ({ leaked }) =>
        onPage(
          evilUrl,
          `async (leaked) => {
            await fetch(leaked, { method: 'POST', mode: 'no-cors', body: 'evil' }).catch(() => undefined);
            const tries = [
              fetch(leaked.replace('/page.html', '/')), fetch(leaked.replace('Expires=3600', 'Expires=604800')),
              fetch(leaked, { method: 'PUT', body: 'evil' }), fetch(leaked, { method: 'DELETE' }),
            ];
            const read = await Promise.all(tries.map((each) => each.then((answer) => answer.ok ? 'read' : '', () => '')));
            const image = await new Promise((done) => {
              const script = Object.assign(document.createElement('script'), { src: leaked, onload: () => done('loaded'), onerror: () => done('') });
              document.head.append(script);
            });
            return read.join('') + image;
          }`,
          leaked,
        ),
    },
    {
      name: 'a page that a job stored is opened from the account and uses its origin',
      run: async ({ url }) => {
        const { s3 } = clientsOf(account);
        const script = `
          const out = [];
          const ask = (path, options) => fetch(path, options).then(async (answer) => { if (answer.ok) out.push(await answer.text()); }, () => undefined);
          Promise.all([ask('/_local/trace'), ask('/_local/clock', { method: 'POST', body: '{"duration": "365d"}' }), ask('/reports')])
            .then(() => { document.title = 'done'; document.body.textContent = self.origin === 'null' ? out.join('') : 'origin ' + self.origin; });`;
        const Body = `<!doctype html><title>run</title><body><script>${script}</script></body>`;
        await s3.send(
          new PutObjectCommand({
            Bucket: 'reports',
            Key: 'page.html',
            Body: `${Body}<!-- a stored page -->`,
            ContentType: 'text/html',
          }),
        );
        const path = await presignRaw(
          url,
          { method: 'GET', path: '/reports/page.html' },
          { keys: account.keys, service: 's3' },
          60,
        );
        const context = await browser.newContext();
        try {
          const page = await context.newPage();
          await page.goto(`${url}${path}`);
          await page.waitForFunction(`document.title === 'done'`);
          return (await page.textContent('body')) ?? '';
        } finally {
          await context.close();
        }
      },
    },
  ];

  test('gets nothing of the account and changes nothing in it, whatever it tries', async () => {
    const succeeded: string[] = [];
    let before: readonly string[] = await damage();
    for (const { name, run } of attacks) {
      const read = await run(target);
      const after = await damage();
      const fresh = after.filter((each) => !before.includes(each));
      before = after;
      const done = [...(read === '' ? [] : [`read: ${read.slice(0, 120)}`]), ...fresh];
      if (done.length > 0) succeeded.push(`${name}: ${done.join('; ')}`);
    }
    console.log(
      `browser attacks: ${attacks.length} tried, ${attacks.length - succeeded.length} survived, ${succeeded.length} failed`,
    );
    expect(succeeded).toEqual([]);
    expect(attacks.length).toBe(12);
  }, 120_000);

  test('while the owner of the account opens a presigned URL and sees the page', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const answer = await page.goto(target.leaked);
    expect(answer?.status()).toBe(200);
    expect(await page.content()).toContain('a stored page');
    await context.close();
  });
});
