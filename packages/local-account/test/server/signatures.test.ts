import { createHash, createHmac } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, CreateBucketCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { getSigningKey } from '@smithy/signature-v4';
import type { Account } from '../../src/account';
import { AccountKeys, type Keys } from '../../src/core/account-keys';
import { Sha256 } from '../../src/core/sha256';
import { presignRaw, type RawAnswer, type RawRequest, sendRaw, signRaw } from '../support/raw-request';
import { clientsOf, dropFolders, freshFolder, keysOf, startAccount } from '../support/account';

let account: Account;
let roleArn: string;
beforeAll(async () => {
  account = await startAccount();
  const { s3, cloudformation } = clientsOf(account);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'content' }));
  await cloudformation.send(
    new CreateStackCommand({
      StackName: 'Roles',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      TemplateBody: JSON.stringify({
        Resources: {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: 'reader',
              MaxSessionDuration: 7200,
              AssumeRolePolicyDocument: {
                Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
              },
              Policies: [
                { PolicyName: 'own', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
              ],
            },
          },
        },
      }),
    }),
  );
  roleArn = 'arn:aws:iam::000000000000:role/reader';
});
afterAll(async () => {
  await account.stop();
  dropFolders();
});

/** One request in each protocol, with the service it is signed for. */
const dialects = {
  s3: { service: 's3', request: { method: 'GET', path: '/bucket/key' } },
  query: {
    service: 'sts',
    request: {
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    },
  },
  json: {
    service: 'ssm',
    request: { method: 'POST', path: '/', headers: { 'x-amz-target': 'AmazonSSM.DescribeParameters' }, body: '{}' },
  },
  cbor: {
    service: 'logs',
    request: {
      method: 'POST',
      path: '/service/Logs/operation/DescribeLogGroups',
      headers: { 'smithy-protocol': 'rpc-v2-cbor' },
    },
  },
} as const satisfies Record<string, { readonly service: string; readonly request: RawRequest }>;
type Dialect = keyof typeof dialects;

const codeOf = ({ text, headers }: RawAnswer): string =>
  /<Code>(\w+)<\/Code>/.exec(text)?.[1] ??
  headers['x-amzn-errortype'] ??
  /([A-Z][A-Za-z]+Exception)/.exec(text)?.[1] ??
  text;

/** Signs a request, changes it, sends it: status and code of the answer. */
async function asked(
  dialect: Dialect,
  {
    keys = account.keys,
    date,
    change = (request) => request,
  }: { readonly keys?: Keys; readonly date?: Date; readonly change?: (request: RawRequest) => RawRequest } = {},
): Promise<string> {
  const { service, request } = dialects[dialect];
  const signing = { keys, service, ...(date === undefined ? {} : { date }) };
  const answer = await sendRaw(account.endpointUrl(), change(await signRaw(account.endpointUrl(), request, signing)));
  return answer.status === 200 ? '200' : `${answer.status} ${codeOf(answer)}`;
}
const everyDialect = async (options: Parameters<typeof asked>[1]): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      Object.keys(dialects).map(async (each) => [each, await asked(each as Dialect, options)] as const),
    ),
  );
const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const header =
  (name: string, value: (old: string) => string) =>
  ({ headers = {}, ...rest }: RawRequest): RawRequest => ({
    ...rest,
    headers: { ...headers, [name]: value(headers[name] ?? '') },
  });

describe('the keys of an account', () => {
  test('are its own, in a file that only its owner can read', async () => {
    const other = await startAccount();
    expect(other.keys).not.toEqual(account.keys);
    expect(account.keys).toEqual({
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^.{40}$/),
    });
    expect(statSync(join(account.parts.folder, 'keys.json')).mode & 0o777).toBe(0o600);
    await other.stop();
  });

  test("lie in a state folder that is nobody else's", async () => {
    const other = await startAccount({ folder: join(freshFolder(), 'work', 'account') });
    expect(statSync(other.parts.folder).mode & 0o777).toBe(0o700);
    await other.stop();
  });

  test('survive a restart, and a mode that was widened is set back', async () => {
    const folder = freshFolder();
    const first = AccountKeys.ensure(folder).administrator;
    const file = join(folder, 'keys.json');
    writeFileSync(file, readFileSync(file), { mode: 0o644 });
    expect(AccountKeys.ensure(folder).administrator).toEqual(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('that are damaged are an error with the way out', () => {
    const folder = freshFolder();
    AccountKeys.ensure(folder);
    writeFileSync(join(folder, 'keys.json'), '{"accessKeyId": "AKI');
    expect(() => AccountKeys.ensure(folder)).toThrow(/keys\.json is damaged; delete it/);
    expect(() => AccountKeys.read(freshFolder())).toThrow(/cannot be read from .*ENOENT/);
  });

  test('and secrets of sessions are in no other file of the state', () => {
    const session = keysOf(account, roleArn);
    const journal = readFileSync(join(account.parts.folder, 'journal.jsonl'), 'utf8');
    for (const secret of [account.keys.secretAccessKey, session.secretAccessKey, session.sessionToken ?? ''])
      expect(journal).not.toContain(secret);
    expect(existsSync(join(account.parts.folder, 'keys.json'))).toBe(true);
  });
});

describe('a signature', () => {
  test('that is right is taken in every protocol', async () => {
    expect(await everyDialect({})).toEqual({ s3: '200', query: '200', json: '200', cbor: '200' });
  });

  test.each<[string, Parameters<typeof asked>[1] | (() => Parameters<typeof asked>[1]), Record<Dialect, string>]>([
    [
      'by an unknown key',
      () => ({ keys: { ...account.keys, accessKeyId: 'AKIASOMEBODYELSE' } }),
      {
        s3: '403 InvalidAccessKeyId',
        query: '403 InvalidClientTokenId',
        json: '400 UnrecognizedClientException',
        cbor: '400 UnrecognizedClientException',
      },
    ],
    [
      'with a wrong secret',
      () => ({ keys: { ...account.keys, secretAccessKey: 'guessed' } }),
      {
        s3: '403 SignatureDoesNotMatch',
        query: '403 SignatureDoesNotMatch',
        json: '400 InvalidSignatureException',
        cbor: '400 InvalidSignatureException',
      },
    ],
    [
      'of 16 minutes ago',
      { date: ago(16) },
      {
        s3: '403 RequestTimeTooSkewed',
        query: '403 SignatureDoesNotMatch',
        json: '400 InvalidSignatureException',
        cbor: '400 InvalidSignatureException',
      },
    ],
    [
      'of a date to come',
      { date: ago(-16) },
      {
        s3: '403 RequestTimeTooSkewed',
        query: '403 SignatureDoesNotMatch',
        json: '400 InvalidSignatureException',
        cbor: '400 InvalidSignatureException',
      },
    ],
    [
      'that is cut short',
      { change: header('authorization', (old) => old.replace(/, Signature=.*/, '')) },
      {
        s3: '400 AuthorizationHeaderMalformed',
        query: '400 IncompleteSignature',
        json: '400 IncompleteSignatureException',
        cbor: '400 IncompleteSignatureException',
      },
    ],
    [
      'beside a header that is not signed',
      { change: header('x-amz-acl', () => 'public-read') },
      {
        s3: '403 AccessDenied',
        query: '403 SignatureDoesNotMatch',
        json: '400 InvalidSignatureException',
        cbor: '400 InvalidSignatureException',
      },
    ],
    [
      'with a token of nobody',
      () => ({ keys: { ...account.keys, sessionToken: 'e30.AAAA' } }),
      {
        s3: '400 InvalidToken',
        query: '403 InvalidClientTokenId',
        json: '400 UnrecognizedClientException',
        cbor: '400 UnrecognizedClientException',
      },
    ],
  ])('%s is refused as AWS refuses it', async (_, options, expected) => {
    expect(await everyDialect(typeof options === 'function' ? options() : options)).toEqual(expected);
  });

  test('of 6 minutes ago is taken by S3 and by no other service', async () => {
    expect(await everyDialect({ date: ago(6) })).toMatchObject({ s3: '200', query: '403 SignatureDoesNotMatch' });
  });

  test.each<[string, Dialect, (request: RawRequest) => RawRequest]>([
    ['another body', 'query', (request) => ({ ...request, body: 'Action=AssumeRole&Version=2011-06-15' })],
    ['another operation', 'json', header('x-amz-target', () => 'AmazonSSM.DeleteParameter')],
    ['another path', 's3', (request) => ({ ...request, path: '/bucket/other' })],
    ['another method', 's3', (request) => ({ ...request, method: 'DELETE' })],
    ['a query', 's3', (request) => ({ ...request, path: `${request.path}?versionId=1` })],
    [
      'another date',
      'json',
      header('x-amz-date', () =>
        ago(1)
          .toISOString()
          .replace(/[-:]|\.\d{3}/g, ''),
      ),
    ],
    ['another service', 'json', header('authorization', (old) => old.replace('/ssm/', '/iam/'))],
    ['fewer signed headers', 'json', header('authorization', (old) => old.replace(/x-amz-date;?/, ''))],
  ])('does not fit %s', async (_, dialect, change) => {
    expect(await asked(dialect, { change })).toMatch(/SignatureDoesNotMatch|InvalidSignatureException/);
  });

  test('for S3 has the hash of the payload with it', async () => {
    const bare = ({ headers = {}, ...rest }: RawRequest): RawRequest => ({
      ...rest,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'x-amz-content-sha256')),
    });
    expect(await asked('s3', { change: bare })).toBe('400 MissingSecurityHeader');
  });

  test('cannot be in the header and in the query at once', async () => {
    const both = (request: RawRequest): RawRequest => ({
      ...request,
      path: `${request.path}?X-Amz-Algorithm=AWS4-HMAC-SHA256`,
    });
    expect(await asked('s3', { change: both })).toBe('400 InvalidRequest');
  });

  test('of version 2 in a header is refused by name', async () => {
    const { text, status } = await sendRaw(account.endpointUrl(), {
      method: 'GET',
      path: '/bucket/key',
      headers: { authorization: `AWS ${account.keys.accessKeyId}:c2ln` },
    });
    expect([status, text]).toEqual([400, expect.stringContaining('use AWS4-HMAC-SHA256')]);
  });

  test('made with the clock of the account is taken, too', async () => {
    const ahead = await startAccount();
    await ahead.clock.advance(86_400_000);
    const request = dialects.json.request;
    const signing = { keys: ahead.keys, service: 'ssm' };
    for (const date of [new Date(), ahead.clock.now()]) {
      const signed = await signRaw(ahead.endpointUrl(), request, { ...signing, date });
      expect((await sendRaw(ahead.endpointUrl(), signed)).status).toBe(200);
    }
    const between = await signRaw(ahead.endpointUrl(), request, { ...signing, date: ago(-12 * 60) });
    expect((await sendRaw(ahead.endpointUrl(), between)).status).toBe(400);
    await ahead.stop();
  });
});

describe('a session', () => {
  const assume = async (DurationSeconds?: number): Promise<Required<Keys>> => {
    const { Credentials: given } = await clientsOf(account).sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'tester', DurationSeconds }),
    );
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
  };

  test('is who it was assumed as, with keys of its own', async () => {
    const [one, other] = [await assume(), await assume()];
    expect(one.accessKeyId).not.toBe(other.accessKeyId);
    expect(await clientsOf(account, one).sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:sts::000000000000:assumed-role/reader/tester',
    });
  });

  test('needs its own token: none, that of another session and a changed one are refused', async () => {
    const [one, other] = [await assume(), await assume()];
    const { accessKeyId, secretAccessKey, sessionToken } = one;
    expect(await asked('s3', { keys: one })).toBe('200');
    expect(await asked('s3', { keys: { accessKeyId, secretAccessKey } })).toBe('403 InvalidAccessKeyId');
    expect(await asked('s3', { keys: { ...one, sessionToken: other.sessionToken } })).toBe('400 InvalidToken');
    const [body = '', seal = ''] = sessionToken.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const longer = Buffer.from(JSON.stringify({ ...claims, expires: 9e15 })).toString('base64url');
    expect(await asked('s3', { keys: { ...one, sessionToken: `${longer}.${seal}` } })).toBe('400 InvalidToken');
    expect(await asked('s3', { keys: { ...one, secretAccessKey: other.secretAccessKey } })).toBe(
      '403 SignatureDoesNotMatch',
    );
  });

  test('lasts from 900 seconds to what its role allows, an hour where a role assumes it', async () => {
    for (const seconds of [899, 7201, 43_201])
      await expect(assume(seconds)).rejects.toMatchObject({ name: 'ValidationError' });
    const { sts } = clientsOf(account, await assume(7200));
    const chained = (DurationSeconds: number): Promise<unknown> =>
      sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'chained', DurationSeconds }));
    await expect(chained(3601)).rejects.toThrow('role chaining');
    await expect(chained(3600)).resolves.toBeDefined();
  });

  test('ends on the clock of the account; what a service runs keeps its keys', async () => {
    const [short, long, service] = [await assume(900), await assume(7200), keysOf(account, roleArn)];
    expect(await everyDialect({ keys: short })).toEqual({ s3: '200', query: '200', json: '200', cbor: '200' });
    await account.clock.advance(901_000);
    expect(await everyDialect({ keys: short })).toEqual({
      s3: '400 ExpiredToken',
      query: '403 ExpiredToken',
      json: '400 ExpiredTokenException',
      cbor: '400 ExpiredTokenException',
    });
    expect(await asked('s3', { keys: long })).toBe('200');
    await account.clock.advance(30 * 86_400_000);
    expect(await asked('s3', { keys: long })).toBe('400 ExpiredToken');
    expect(await asked('s3', { keys: service })).toBe('200');
  });
});

describe('a presigned URL', () => {
  const get = { method: 'GET', path: '/bucket/key' };
  const made = (expires = 60, more: { readonly keys?: Keys; readonly date?: Date } = {}): Promise<string> =>
    presignRaw(account.endpointUrl(), get, { keys: account.keys, service: 's3', ...more }, expires);
  const answer = async (path: string, more: Partial<RawRequest> = {}): Promise<string> => {
    const given = await sendRaw(account.endpointUrl(), { ...get, ...more, path });
    return given.status === 200 ? given.text : `${given.status} ${codeOf(given)}`;
  };

  test('gives what it was made for', async () => {
    expect(await answer(await made())).toBe('content');
  });

  test.each<[string, (url: string) => string, Partial<RawRequest>]>([
    ['another key', (url) => url.replace('/key?', '/other?'), {}],
    ['another bucket', (url) => url.replace('/bucket/', '/bucket2/'), {}],
    ['more time', (url) => url.replace('Expires=60', 'Expires=6000'), {}],
    ['another parameter', (url) => `${url}&versionId=1`, {}],
    ['another method', (url) => url, { method: 'DELETE' }],
    ['another signature', (url) => url.replace(/Signature=./, 'Signature=_'), {}],
  ])('that was changed to ask for %s is refused', async (_, change, more) => {
    expect(await answer(change(await made()), more)).toBe('403 SignatureDoesNotMatch');
  });

  test('asks for nothing more by a header', async () => {
    expect(await answer(await made(), { headers: { 'x-amz-expected-bucket-owner': '1' } })).toBe('403 AccessDenied');
  });

  test('is refused without its parts, for more than a week, and with a parameter twice', async () => {
    const url = await made();
    expect(await answer(url.replace(/&X-Amz-Date=[^&]*/, ''))).toBe('400 AuthorizationHeaderMalformed');
    expect(await answer(url.replace('Expires=60', 'Expires=604801'))).toBe('400 AuthorizationHeaderMalformed');
    expect(await answer(`${url}&X-Amz-Expires=60`)).toBe('400 AuthorizationHeaderMalformed');
  });

  test('ends by the clock of the machine, and by the clock of the account', async () => {
    expect(await answer(await made(60, { date: ago(2) }))).toBe('403 AccessDenied');
    const [minute, hour] = [await made(60), await made(3600)];
    // Dates have whole seconds, so what happens within one counts as before it.
    const nextSecond = (): Promise<unknown> => new Promise((go) => setTimeout(go, 1_000 - (Date.now() % 1_000)));
    await nextSecond();
    await account.clock.advance(120_000);
    expect(await answer(minute)).toBe('403 AccessDenied');
    expect(await answer(hour)).toBe('content');
    await account.clock.advance(3_600_000);
    expect(await answer(hour)).toBe('403 AccessDenied');
    expect(await answer(await made(60))).toBe('content');
    expect(await answer(await made(60, { date: account.clock.now() }))).toBe('content');
    expect(await answer(await made(60, { date: new Date(account.clock.now().getTime() + 3_600_000) }))).toBe(
      '403 AccessDenied',
    );
  });

  test('of an ended session is refused', async () => {
    const { Credentials: given } = await clientsOf(account).sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'tester', DurationSeconds: 900 }),
    );
    const keys = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    const url = await made(3600, { keys });
    expect(await answer(url)).toBe('content');
    await account.clock.advance(901_000);
    expect(await answer(url)).toBe('400 ExpiredToken');
  });

  test('of version 2, which boto3 makes, is verified as well', async () => {
    const expires = Math.floor(Date.now() / 1000) + 60;
    const signature = (secret: string): string =>
      createHmac('sha1', secret).update(`GET\n\n\n${expires}\n/bucket/key`).digest('base64');
    const url = (secret: string, path = '/bucket/key', end = expires): string =>
      `${path}?${new URLSearchParams({ AWSAccessKeyId: account.keys.accessKeyId, Signature: signature(secret), Expires: `${end}` }).toString()}`;
    const { secretAccessKey } = account.keys;
    expect(await answer(url(secretAccessKey))).toBe('content');
    expect(await answer(url('guessed'))).toBe('403 SignatureDoesNotMatch');
    expect(await answer(url(secretAccessKey, '/bucket/other'))).toBe('403 SignatureDoesNotMatch');
    expect(await answer(url(secretAccessKey, '/bucket/key', expires + 1))).toBe('403 SignatureDoesNotMatch');
    expect(await answer(url(secretAccessKey, '/bucket/key', 1))).toBe('403 AccessDenied');
  });
});

describe('the payload of a signed upload', () => {
  const empty = createHash('sha256').update('').digest('hex');
  const stored = async (Key: string): Promise<string> => {
    const { Body } = await clientsOf(account).s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
    return (await Body?.transformToString()) ?? '';
  };
  const put = async (key: string, sha256: string, more: Readonly<Record<string, string>> = {}): Promise<RawRequest> =>
    signRaw(
      account.endpointUrl(),
      { method: 'PUT', path: `/bucket/${key}`, headers: { 'x-amz-content-sha256': sha256, ...more } },
      { keys: account.keys, service: 's3' },
    );
  const send = async (request: RawRequest, body: string | Buffer): Promise<string> => {
    const given = await sendRaw(account.endpointUrl(), { ...request, body });
    return given.status === 200 ? '200' : `${given.status} ${codeOf(given)}`;
  };

  /** Frames a body as the SDKs for Java and C++ do over HTTP: every chunk signed, each with the signature before it. */
  async function framed(request: RawRequest, chunks: readonly string[], trailer?: string): Promise<string> {
    const { headers = {} } = request;
    const stamp = headers['x-amz-date'] ?? '';
    const day = stamp.slice(0, 8);
    const scope = `${day}/us-east-1/s3/aws4_request`;
    const key = await getSigningKey(Sha256, account.keys, day, 'us-east-1', 's3');
    let previous = /Signature=(\w+)/.exec(headers.authorization ?? '')?.[1] ?? '';
    const sign = (algorithm: string, ...hashes: string[]): string =>
      (previous = createHmac('sha256', key)
        .update([algorithm, stamp, scope, previous, ...hashes].join('\n'))
        .digest('hex'));
    const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
    const parts = [...chunks, ''].map((chunk) => {
      const signature = sign('AWS4-HMAC-SHA256-PAYLOAD', empty, sha(chunk));
      return `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`;
    });
    const end =
      trailer === undefined
        ? '\r\n'
        : `${trailer}\r\nx-amz-trailer-signature:${sign('AWS4-HMAC-SHA256-TRAILER', sha(`${trailer}\n`))}\r\n\r\n`;
    return `${parts.join('')}${end}`;
  }
  const chunked = { 'x-amz-decoded-content-length': '10', 'content-encoding': 'aws-chunked' };

  test('is what was hashed, or nothing is stored', async () => {
    const hash = createHash('sha256').update('right').digest('hex');
    expect(await send(await put('hashed', hash), 'right')).toBe('200');
    expect(await send(await put('hashed', hash), 'wrong')).toBe('400 XAmzContentSHA256Mismatch');
    expect(await stored('hashed')).toBe('right');
  });

  test('may be unsigned as S3 allows, and must be something that S3 knows', async () => {
    expect(await send(await put('unsigned', 'UNSIGNED-PAYLOAD'), 'any')).toBe('200');
    expect(await send(await put('unsigned', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'), '3\r\nany\r\n0\r\n\r\n')).toBe(
      '200',
    );
    expect(await send(await put('unsigned', 'WHATEVER'), 'any')).toBe('400 InvalidRequest');
    expect(await stored('unsigned')).toBe('any');
  });

  test('in signed chunks is verified chunk by chunk', async () => {
    const request = await put('chunks', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', chunked);
    const body = await framed(request, ['hello', 'world']);
    expect(await send(request, body)).toBe('200');
    expect(await stored('chunks')).toBe('helloworld');
    const attempts: Readonly<Record<string, string>> = {
      'another chunk': body.replace('world', 'earth'),
      'chunks in another order': body.replace('hello', '_____').replace('world', 'hello').replace('_____', 'world'),
      'a chunk without signature': body.replace(/;chunk-signature=\w+/, ''),
      'an end without signature': body.replace(/\r\n0;chunk-signature=\w+/, '\r\n0'),
    };
    for (const [what, sent] of Object.entries(attempts))
      expect([what, await send(request, sent)]).toEqual([what, '403 SignatureDoesNotMatch']);
    expect(await stored('chunks')).toBe('helloworld');
  });

  test('with signed trailing headers is verified to the last header', async () => {
    const crc = `x-amz-checksum-sha256:${createHash('sha256').update('helloworld').digest('base64')}`;
    const request = await put('trailer', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', {
      ...chunked,
      'x-amz-trailer': 'x-amz-checksum-sha256',
    });
    const body = await framed(request, ['hello', 'world'], crc);
    expect(await send(request, body)).toBe('200');
    expect(await send(request, body.replace(/sha256:./, 'sha256:_'))).toBe('403 SignatureDoesNotMatch');
    expect(await send(request, body.replace(/x-amz-trailer-signature:\w+\r\n/, ''))).toBe('403 SignatureDoesNotMatch');
  });
});
