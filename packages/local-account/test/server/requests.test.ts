import { networkInterfaces } from 'node:os';
import { createConnection } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Account } from '../../src/account';
import { decodeAwsChunked } from '../../src/server/aws-chunked';
import { decodeQuery } from '../../src/server/protocols/query';
import { matchPath } from '../../src/server/protocols/rest-json';
import { signedFetch } from '../../src/core/signed-fetch';
import { dropFolders, startAccount } from '../support/account';

describe('a request to the account', () => {
  let account: Account;
  beforeAll(async () => {
    account = await startAccount();
  });
  afterAll(async () => {
    await account.stop();
    dropFolders();
  });
  const post = (
    service: string,
    body: string | Buffer,
    headers: Record<string, string>,
    path = '/',
  ): Promise<Response> =>
    signedFetch(`${account.endpointUrl()}${path}`, account.keys, { method: 'POST', service, body, headers });
  const ssm = (operation: string, body: string | Buffer, more: Record<string, string> = {}): Promise<Response> =>
    post('ssm', body, {
      'x-amz-target': `AmazonSSM.${operation}`,
      'content-type': 'application/x-amz-json-1.1',
      ...more,
    });

  test('without a signature is refused with 403', async () => {
    const response = await fetch(`${account.endpointUrl()}/bucket/key`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('the request is not signed');
  });

  test('for an unknown operation is a 400 that names it, and leaves a trace', async () => {
    const response = await ssm('LabelParameterVersion', '{}');
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toMatchObject({
      __type: 'UnsupportedByLocalAccount',
      message: expect.stringContaining('the operation ssm:LabelParameterVersion'),
    });
    expect(
      account.trace
        .read()
        .filter(({ type }) => type === 'api.unsupported')
        .map(({ data }) => data),
    ).toContainEqual({ service: 'ssm', operation: 'LabelParameterVersion' });
  });

  test('for an unknown service is a 400 that lists the known ones', async () => {
    const response = await post('dynamodb', '{}', { 'x-amz-target': 'DynamoDB_20120810.ListTables' });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(
      /service 'dynamodb' \(operation ListTables\); services: cloudformation, ecr, iam/,
    );
  });

  test('with broken JSON is a SerializationException', async () => {
    const response = await ssm('GetParameter', '{"Name": ');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
  });

  test('with JSON that is no object is a SerializationException', async () => {
    expect(await (await ssm('GetParameter', '[1]')).json()).toMatchObject({ __type: 'SerializationException' });
  });

  test('with a missing member names the member', async () => {
    expect(await (await ssm('GetParameter', '{}')).json()).toMatchObject({
      __type: 'ValidationException',
      message: "'Name' is missing; give a non-empty string",
    });
  });

  test('that is too large is a 413, and the next one is served', async () => {
    const response = await ssm('PutParameter', Buffer.alloc(9 * 1024 * 1024, 'a'));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ __type: 'RequestEntityTooLargeException' });
    expect((await ssm('DescribeParameters', '{}')).status).toBe(200);
  });

  test('that unzips to more than is allowed is a 413', async () => {
    const response = await ssm('PutParameter', gzipSync(Buffer.alloc(20 * 1024 * 1024)), {
      'content-encoding': 'gzip',
    });
    expect(response.status).toBe(413);
  });

  test('that is zipped is unzipped', async () => {
    const response = await ssm('PutParameter', gzipSync('{"Name": "/zipped", "Value": "v", "Type": "String"}'), {
      'content-encoding': 'gzip',
    });
    expect(await response.json()).toEqual({ Version: 1, Tier: 'Standard' });
  });

  test('in AWS Query answers XML with the request id', async () => {
    const response = await post('sts', 'Action=GetCallerIdentity&Version=2011-06-15', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const text = await response.text();
    expect(text).toContain(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>',
    );
    expect(text).toContain(`<RequestId>${response.headers.get('x-amzn-requestid')}</RequestId>`);
  });

  test('reaches it on the loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    if (outside === undefined) return;
    const port = Number(new URL(account.endpointUrl()).port);
    const connected = await new Promise<boolean>((done) => {
      const socket = createConnection({ host: outside.address, port, timeout: 1000 }, () => done(true));
      for (const event of ['error', 'timeout']) socket.on(event, () => done(false));
      socket.on('close', () => done(false));
    });
    expect(connected).toBe(false);
  });
});

describe('AWS Query parameters', () => {
  const decode = (query: string): unknown => decodeQuery(new URLSearchParams(query));

  test('become structures, lists in numeric order, and maps', () => {
    expect(
      decode(
        'Action=X&Name=n&Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.10.Key=c&Attributes.entry.1.key=k&Attributes.entry.1.value=v&A.B.C=1',
      ),
    ).toEqual({
      Name: 'n',
      Tags: [{ Key: 'a' }, { Key: 'b' }, { Key: 'c' }],
      Attributes: { k: 'v' },
      A: { B: { C: '1' } },
    });
  });

  test('in flattened lists need no member', () => {
    expect(decode('Attribute.1.Name=a&Attribute.2.Name=b')).toEqual({ Attribute: [{ Name: 'a' }, { Name: 'b' }] });
  });

  test('named like a prototype do not pollute one', () => {
    decode('__proto__.polluted=yes');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('an aws-chunked body', () => {
  const read = async (...parts: string[]): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of decodeAwsChunked(Readable.from(parts.map((each) => Buffer.from(each)))))
      chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  };

  test('is put together wherever the network cut it', async () => {
    const whole = '5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\n';
    expect(await read(whole)).toBe('hello world');
    expect(await read(...whole.split(''))).toBe('hello world');
  });

  test('gives its trailers', async () => {
    const stream = decodeAwsChunked(
      Readable.from([Buffer.from('1\r\na\r\n0\r\nX-Amz-Checksum-Crc32:6Ldbwg==\r\n\r\n')]),
    );
    stream.resume();
    await new Promise((done) => stream.on('end', done));
    expect(stream.trailers).toEqual({ 'x-amz-checksum-crc32': '6Ldbwg==' });
  });

  test('that ends in the middle of a chunk is incomplete', async () => {
    await expect(read('a\r\nhello')).rejects.toMatchObject({ code: 'IncompleteBody' });
  });

  test('with a size that is no number is malformed', async () => {
    await expect(read('zz\r\nhello')).rejects.toMatchObject({ code: 'InvalidRequest' });
  });
});

describe('the path of a REST operation', () => {
  test('gives its labels, decoded', () => {
    expect(
      matchPath('/2015-03-31/functions/{FunctionName}/invocations', '/2015-03-31/functions/a%2Fb/invocations'),
    ).toEqual({ FunctionName: 'a/b' });
  });

  test('takes slashes only in greedy labels', () => {
    expect(matchPath('/x/{Rest}', '/x/a/b')).toBeUndefined();
    expect(matchPath('/x/{Rest+}', '/x/a/b')).toEqual({ Rest: 'a/b' });
  });
});
