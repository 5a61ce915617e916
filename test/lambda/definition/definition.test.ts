import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../lambda/definition/handler';
import { fillIn } from '../../../lambda/definition/store';

const s3 = mockClient(S3Client);

interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly Key?: string };
}

describe('the function that stores definitions', () => {
  let cloudFormation: Server;
  let answers: { readonly contentType: string | undefined; readonly body: Answer }[];

  beforeAll((done) => {
    process.env['MOORING_USE_CASE'] = 'wide';
    process.env['MOORING_ARTIFACT_BUCKET'] = 'artifacts';
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    cloudFormation = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        answers.push({ contentType: request.headers['content-type'], body: JSON.parse(text) as Answer });
        response.end();
      });
    }).listen(0, '127.0.0.1', done);
  });
  afterAll((done) => void cloudFormation.close(done));
  beforeEach(() => {
    answers = [];
    s3.reset();
    s3.on(PutObjectCommand).resolves({});
  });

  const template = (text: string): void => {
    s3.on(GetObjectCommand).resolves({ Body: { transformToString: () => Promise.resolve(text) } } as never);
  };
  const send = async (RequestType: string, Values: readonly string[] = []): Promise<Answer> => {
    await handler({
      RequestType,
      ResponseURL: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/answer?signed=1`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Definition',
      ResourceProperties: { ServiceToken: 'arn', Bucket: 'assets', Key: 'a.json', Marker: '<<x:', Values },
    });
    const [answer] = answers;
    if (answer === undefined) throw new Error('CloudFormation was not answered');
    expect(answer.contentType ?? '').toBe('');
    return answer.body;
  };
  const put = (): { Key?: string; Body?: unknown } | undefined => s3.commandCalls(PutObjectCommand)[0]?.args[0].input;

  test('puts values in and answers with a key made of the content', async () => {
    template('{"RoleArn":"<<x:0>>","Bucket":"s3://<<x:1>>/<<x:0>>"}');
    const { Status, Data } = await send('Create', ['arn', 'data']);
    expect(Status).toBe('SUCCESS');
    expect(put()?.Body).toBe('{"RoleArn":"arn","Bucket":"s3://data/arn"}');
    expect(put()?.Key).toMatch(/^wide\/definitions\/[0-9a-f]{64}\.json$/);
    expect(Data?.Key).toBe(put()?.Key);
  });

  test('gives a new key when a value changes although the definition does not', async () => {
    template('{"RoleArn":"<<x:0>>"}');
    const first = (await send('Create', ['one'])).Data?.Key;
    answers = [];
    expect((await send('Update', ['two'])).Data?.Key).not.toBe(first);
    answers = [];
    expect((await send('Update', ['one'])).Data?.Key).toBe(first);
  });

  test('keeps what is stored when the resource goes', async () => {
    expect((await send('Delete')).Status).toBe('SUCCESS');
    expect(s3.calls()).toHaveLength(0);
  });

  test.each([
    ['the asset is gone', undefined, 'there is no definition at s3://assets/a.json'],
    ['a marker has no value', '{"A":"<<x:1>>"}', 'the definition has a marker without a value'],
    ['the result is no JSON', '{"A":', 'JSON'],
  ])('tells CloudFormation that %s', async (_what, text, reason) => {
    if (text === undefined) s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'no such key', $metadata: {} }));
    else template(text);
    const answer = await send('Create', ['only']);
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'Definition' });
    expect(answer.Reason).toContain(reason);
  });
});

test('a value with quotes stays inside its JSON string', () => {
  expect(JSON.parse(fillIn('{"A":"<<x:0>>"}', '<<x:', ['say "no"\n']))).toEqual({ A: 'say "no"\n' });
});
