import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { Account } from '@mooring/local-account';
import { type RawRequest, sendRaw } from '../support/raw-request';
import { seeded } from '@mooring/local-account/test/support/seeded';
import { processorTime, Tally, tries } from '../support/withstand';

/** Milliseconds of processor time that one answer may take, and megabytes that the account may grow by. */
const bound = { milliseconds: 3_000, megabytes: 700 };
const random = seeded(1_000);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
const nest = (open: string, inner: string, close: string, levels: number): string =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

const json = (target: string, body: string | Buffer): RawRequest => ({
  service: targets[target] ?? '',
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
  body,
});
const targets: Readonly<Record<string, string>> = {
  'AmazonSSM.PutParameter': 'ssm',
  'AWSEvents.PutEvents': 'events',
  'AWSEvents.PutRule': 'events',
  'AWSEvents.TestEventPattern': 'events',
  'AmazonSQS.SendMessage': 'sqs',
  'SageMaker.CreatePipeline': 'sagemaker',
  'SageMaker.CreateTrainingJob': 'sagemaker',
  'SageMaker.ListModelPackages': 'sagemaker',
  'Logs_20140328.FilterLogEvents': 'logs',
  'TrentService.CreateKey': 'kms',
};
const form = (service: string, members: Readonly<Record<string, string>> | string): RawRequest => ({
  service,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: typeof members === 'string' ? members : new URLSearchParams(members).toString(),
});
const stack = (template: unknown): RawRequest =>
  form('cloudformation', {
    Action: 'CreateStack',
    StackName: `s${Math.floor(random() * 1e9)}`,
    TemplateBody: typeof template === 'string' ? template : JSON.stringify(template),
  });
const topic = (name: unknown): unknown => ({ T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } } });
const object = (more: Partial<RawRequest>): RawRequest => ({
  service: 's3',
  method: 'PUT',
  path: '/hostile/k',
  ...more,
});

/** A Fn::Sub that doubles its variable at every level. */
const doubling = (levels: number): unknown =>
  levels === 0 ? 'xx' : { 'Fn::Sub': ['${a}${a}', { a: doubling(levels - 1) }] };
const laughs = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">${'bcdefghij'
  .split('')
  .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index] ?? ''};`.repeat(10)}">`)
  .join('')}]>`;

const sources: Readonly<Record<string, () => RawRequest>> = {
  JSON: () =>
    json(
      pick(Object.keys(targets)),
      pick([
        () => nest('[', '1', ']', 200_000),
        () => nest('{"a":', '1', '}', 100_000),
        () => `{"Name":${nest('{"a":[', '1', ']}', 50_000)}}`,
        () => bytes(5_000),
        () => '{"Name":"x","Name":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1}}',
        () => `{"${'a'.repeat(1_000_000)}":1}`,
        () => `{"Entries":[${'{},'.repeat(200_000)}{}]}`,
        () =>
          `{"PipelineName":"p","PipelineDefinition":${JSON.stringify(nest('{"Steps":[', '', ']}', 50_000))},"RoleArn":"r"}`,
        () => `{"Name":"r","EventPattern":${JSON.stringify(nest('{"a":', '["x"]', '}', 50_000))}}`,
        () =>
          `{"Event":${JSON.stringify(nest('{"detail":[', '1', ']}', 50_000))},"EventPattern":"{\\"detail\\":[{\\"wildcard\\":\\"*a*a*a*a*b\\"}]}"}`,
        () =>
          `{"Entries":[{"Source":"s","DetailType":"d","Detail":${JSON.stringify(nest('{"a":[', '1', ']}', 20_000))}}]}`,
        () => `{"Name":"r","ScheduleExpression":"cron(0 0 30 2 ? *)"}`,
        () => `{"Name":"r","ScheduleExpression":"rate(${'9'.repeat(400)} days)"}`,
        () => `{"Name":"r","ScheduleExpression":"cron(${'0/1,'.repeat(5_000)}0 * * * ? *)"}`,
        () => `{"MaxResults":1e400,"NextToken":"${'%00'.repeat(1_000)}","Name":-0}`,
        () => '"text"',
        () => '[]',
        () => 'null',
        () => '{"Name":"\ud800"}',
      ])(),
    ),
  forms: () =>
    form(
      pick(['cloudformation', 'sns', 'iam', 'sts', 'monitoring']),
      pick([
        () => `Action=CreateStack&${'a.'.repeat(100_000)}b=1`,
        () => `Action=Publish&${Array.from({ length: 30_000 }, (_, at) => `m.member.${at}=x`).join('&')}`,
        () => `Action=Publish&Message=%ff%fe%00&TopicArn=${'%'.repeat(1_000)}`,
        () =>
          `Action=CreateRole&AssumeRolePolicyDocument=${encodeURIComponent(nest('[', '1', ']', 50_000))}&RoleName=x`,
        () => `Action=__proto__&constructor.prototype.x=1&__proto__.x=1`,
        () => `Action=PutMetricAlarm&AlarmName=x&Metrics.member.1.Expression=${'('.repeat(100_000)}`,
        () => `Action=PutCompositeAlarm&AlarmName=x&AlarmRule=${'NOT('.repeat(50_000)}`,
        () => '&'.repeat(500_000),
        () => 'Action=',
      ])(),
    ),
  templates: () =>
    stack(
      pick([
        () => ({ Resources: topic(doubling(31)) }),
        () => ({ Resources: topic(doubling(300)) }),
        () => nest('{"Resources":', '1', '}', 20_000),
        () => `Resources:\n${Array.from({ length: 3_000 }, (_, level) => `${' '.repeat(level + 1)}a:`).join('\n')}`,
        () => `Resources: ${'['.repeat(50_000)}`,
        () =>
          `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
            .split('')
            .map(
              (name, at) =>
                `${name}: &${name} [${Array(9)
                  .fill(`*${'abcdefghi'[at] ?? ''}`)
                  .join(',')}]`,
            )
            .join('\n')}`,
        () => ({
          Resources: Object.fromEntries(
            Array.from({ length: 600 }, (_, at) => [
              `T${at}`,
              { Type: 'AWS::SNS::Topic', DependsOn: [`T${(at + 1) % 600}`] },
            ]),
          ),
        }),
        () => ({
          Conditions: Object.fromEntries(
            Array.from({ length: 3_000 }, (_, at) => [`C${at}`, { 'Fn::Not': [{ Condition: `C${at + 1}` }] }]),
          ),
          Resources: topic('x'),
        }),
        () => ({ Resources: topic({ 'Fn::Join': ['x'.repeat(10_000), Array(3_000).fill('y')] }) }),
        () => ({ Resources: topic({ 'Fn::Select': [0, { 'Fn::Cidr': ['10.0.0.0/8', 1e9, 8] }] }) }),
        () => ({ Resources: topic({ 'Fn::Split': ['', 'x'.repeat(500_000)] }) }),
        () => ({ Resources: { T: { Type: 'A'.repeat(100_000) } } }),
        () => ({
          Parameters: { P: { Type: 'String', AllowedPattern: '(a+)+$', Default: `${'a'.repeat(60)}!` } },
          Resources: topic('x'),
        }),
        () => ({ Resources: { ['__proto__']: { Type: 'AWS::SNS::Topic' }, constructor: { Type: 'AWS::SNS::Topic' } } }),
        () => ({ Resources: topic(`{{resolve:ssm:${'{{resolve:ssm:'.repeat(2_000)}}}`) }),
      ])(),
    ),
  CBOR: () => ({
    service: 'monitoring',
    path: '/service/GraniteServiceVersion20100801/operation/PutMetricData',
    headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
    body: pick([
      () => bytes(2_000),
      () => Buffer.concat([Buffer.from([0xa1, 0x61, 0x61]), Buffer.alloc(100_000, 0x81)]),
      () => Buffer.from([0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
      () => Buffer.from([0x9a, 0x7f, 0xff, 0xff, 0xff, 0x00]),
      () => Buffer.from([0xba, 0x7f, 0xff, 0xff, 0xff, 0x00]),
      () => Buffer.from([0x5b, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff]),
      () => Buffer.from([0xbf, 0xff]),
      () => Buffer.from([0xd9, 0xff, 0xff, 0xa0]),
      () => Buffer.alloc(500_000, 0xc1),
    ])(),
  }),
  XML: () =>
    object(
      pick<() => Partial<RawRequest>>([
        () => ({
          method: 'POST',
          path: '/hostile',
          query: { delete: '' },
          body: `${laughs}<Delete><Object><Key>&j;</Key></Object></Delete>`,
        }),
        () => ({
          method: 'POST',
          path: '/hostile',
          query: { delete: '' },
          body: `<Delete>${nest('<a>', 'x', '</a>', 100_000)}</Delete>`,
        }),
        () => ({
          method: 'POST',
          path: '/hostile',
          query: { delete: '' },
          body: `<Delete>${'<Object><Key>k</Key></Object>'.repeat(20_000)}</Delete>`,
        }),
        () => ({
          path: '/hostile',
          query: { versioning: '' },
          body: `<VersioningConfiguration ${'a="b" '.repeat(50_000)}>`,
        }),
        () => ({
          path: '/hostile',
          query: { versioning: '' },
          body: '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x>&y;</x>',
        }),
        () => ({
          path: '/hostile',
          query: { tagging: '' },
          body: `<Tagging><TagSet>${'<Tag><Key>a</Key><Value>b</Value></Tag>'.repeat(20_000)}</TagSet></Tagging>`,
        }),
        () => ({ path: '/hostile', query: { notification: '' }, body: '<'.repeat(300_000) }),
        () => ({
          method: 'POST',
          query: { uploadId: 'none' },
          body: `<CompleteMultipartUpload>${'<!--'.repeat(50_000)}`,
        }),
        () => ({ path: '/hostile', query: { policy: '' }, body: nest('{"Statement":[', '1', ']}', 50_000) }),
      ])(),
    ),
  headers: () =>
    object(
      pick<() => Partial<RawRequest>>([
        () => ({
          headers: { 'content-encoding': 'aws-chunked', 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
          body: 'ffffffffffff\r\nx',
        }),
        () => ({
          headers: { 'content-encoding': 'aws-chunked', 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
          body: `0\r\n${'a: b\r\n'.repeat(100_000)}\r\n`,
        }),
        () => ({
          headers: { 'content-encoding': 'aws-chunked', 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
          body: '1\r\n'.repeat(100_000),
        }),
        () => ({ method: 'GET', headers: { range: `bytes=${'0-1,'.repeat(2_000)}` } }),
        () => ({ method: 'GET', headers: { range: 'bytes=99999999999999999999-1' } }),
        () => ({ headers: { 'x-amz-copy-source': '%E0%A4%A' } }),
        () => ({ headers: { 'x-amz-copy-source': '/../../../../etc/passwd' } }),
        () => ({ headers: { 'x-amz-tagging': '%'.repeat(5_000) } }),
        () => ({ headers: { 'content-md5': 'not base64 at all' }, body: 'x' }),
        () => ({ headers: { 'x-amz-checksum-sha256': '='.repeat(1_000) }, body: 'x' }),
        () => ({
          headers: Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`x-amz-meta-${at}`, 'v'])),
          body: 'x',
        }),
        () => ({
          method: 'GET',
          path: '/hostile',
          query: { 'max-keys': '1e9', prefix: '\u0000'.repeat(100), 'continuation-token': '%%%' },
        }),
        () => ({ method: 'GET', path: '/hostile', query: { 'list-type': '2', delimiter: 'a'.repeat(1_000) } }),
        () => ({ path: `/hostile/${'%2e%2e%2f'.repeat(100)}etc/passwd`, body: 'x' }),
        () => ({ path: '/hostile/%00', body: 'x' }),
        () => ({ query: { partNumber: '1', uploadId: '__proto__' }, body: 'x' }),
      ])(),
    ),
  'compressed bodies': () => ({
    service: pick(['monitoring', 'ssm']),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.PutParameter',
      'content-encoding': 'gzip',
    },
    body: pick([() => gzipSync(Buffer.alloc(200_000_000)), () => bytes(500), () => gzipSync('{}').subarray(0, 10)])(),
  }),
  archives: () => ({
    service: 'lambda',
    path: '/2015-03-31/functions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      FunctionName: `f${Math.floor(random() * 1e9)}`,
      Role: 'arn:aws:iam::000000000000:role/none',
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Code: {
        ZipFile: pick([
          () => Buffer.from(zipSync({ 'big.bin': new Uint8Array(300_000_000) }, { level: 1 })),
          () => Buffer.from(zipSync({ '../../../../tmp/mooring-escaped.js': strToU8('x') })),
          () => Buffer.from(zipSync({ '/tmp/mooring-escaped.js': strToU8('x') })),
          () => bytes(5_000),
          () => Buffer.from(zipSync({ 'index.js': strToU8('x') })).subarray(0, 60),
          () =>
            Buffer.from(
              zipSync(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`f${at}`, strToU8('')]))),
            ),
          () => forged(),
          () => Buffer.alloc(0),
        ])().toString('base64'),
      },
    }),
  }),
};

/** A zip whose header says that a member is small. */
function forged(): Buffer {
  const zip = Buffer.from(zipSync({ 'big.bin': new Uint8Array(50_000_000) }, { level: 9 }));
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1'))
    zip.writeUInt32LE(10, at + 24);
  return zip;
}

describe('requests made to take long, to fill memory or to bring the account down', () => {
  let account: Account;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mooring-hostile-'));
    account = new Account({ folder });
    await account.start();
    const { parts } = account;
    const TemplateBody = JSON.stringify({
      Resources: { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'hostile' } } },
    });
    await parts.call('cloudformation', 'CreateStack', { StackName: 'hostile', TemplateBody }, parts.iam.administrator);
    await account.clock.settled();
  });
  afterAll(async () => {
    await account.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(Object.entries(sources))(
    '%s',
    async (what, source) => {
      const tally = new Tally(`hostile ${what}`);
      const answers: Record<number, number> = {};
      for (let each = 0; each < tries(60, 6); each += 1) {
        const raw = source();
        const shown = `${what} ${each} (${String(raw.path ?? raw.headers?.['x-amz-target'] ?? '')} ${raw.body?.toString('latin1').slice(0, 60) ?? ''})`;
        await tally.attempt(shown, async () => {
          const before = process.memoryUsage().rss;
          const started = processorTime();
          const answer = await sendRaw(account, raw);
          const took = processorTime() - started;
          await account.clock.settled();
          answers[answer.status] = (answers[answer.status] ?? 0) + 1;
          const grown = (process.memoryUsage().rss - before) / 1024 ** 2;
          if (answer.status >= 500 && answer.status !== 501)
            return `answered ${answer.status}: ${answer.body.slice(0, 200)}`;
          if (answer.body.includes('InternalErrorOfLocalAccount')) return `a defect: ${answer.body.slice(0, 300)}`;
          if (took > bound.milliseconds) return `took ${Math.round(took)} ms`;
          if (grown > bound.megabytes) return `memory grew by ${Math.round(grown)} MB`;
          const health = await sendRaw(account, { service: 'mooring', method: 'GET', path: '/_local/health' });
          return health.status === 200 ? undefined : `the account then answered ${health.status}`;
        });
      }
      tally.print();
      process.stderr.write(`  answers by status: ${JSON.stringify(answers)}\n`);
      expect(tally.failures).toEqual([]);
      expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
    },
    300_000,
  );
});
