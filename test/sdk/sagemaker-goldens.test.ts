import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateModelPackageGroupCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig, clientVariables } from '@mooring/local-account/test/support/clients';
import { Laptop } from '@mooring/local-account/test/support/laptop';
import { root } from '../support/app';

const goldens = join(root, 'packages/pipeline-language/test/goldens');
const boto = join(root, '.venvs/clients/bin/python');
const ready = existsSync(boto) && existsSync(join(goldens, 'parameters.json'));
if (!ready) console.warn('skipped: `node tools/python-env.mjs clients` makes the environment with boto3');

interface Result {
  readonly status: string;
  readonly reason: string;
  readonly steps: Readonly<Record<string, string>>;
}

(ready ? describe : describe.skip)('pipelines that the SageMaker Python SDK made, started with boto3', () => {
  let laptop: Laptop;

  async function run(name: string, ...options: string[]): Promise<Result> {
    const file = join(laptop.folder, `${name}.json`);
    const definition = readFileSync(join(goldens, `${name}.json`), 'utf8')
      .replaceAll('arn:aws:iam::111122223333:role/pipeline', laptop.roleArn)
      .replaceAll(/arn:aws:lambda:[a-z0-9-]+:\d{12}:/g, 'arn:aws:lambda:us-east-1:000000000000:')
      .replaceAll(
        /https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com\/\d{12}\//g,
        `${laptop.account.endpointUrl()}/000000000000/`,
      );
    writeFileSync(file, definition);
    const argv = [
      join(root, 'test/sdk/run_golden.py'),
      '--name',
      name,
      '--definition',
      file,
      '--role',
      laptop.roleArn,
      '--endpoint',
      laptop.account.endpointUrl(),
      ...options,
    ];
    const { stdout } = await promisify(execFile)(boto, argv, {
      env: { ...process.env, ...clientVariables(laptop.account) },
    });
    return JSON.parse(stdout) as Result;
  }

  beforeAll(async () => {
    laptop = await Laptop.start();
    await laptop.s3.send(new CreateBucketCommand({ Bucket: 'mooring-goldens' }));
    const put = (Key: string, Body: Buffer): Promise<unknown> =>
      laptop.s3.send(new PutObjectCommand({ Bucket: 'mooring-goldens', Key, Body }));
    await put('raw/raw.csv', readFileSync(join(goldens, 'data/raw.csv')));
    const scripts = Object.fromEntries(
      readdirSync(join(goldens, 'scripts'))
        .filter((name) => name.endsWith('.py'))
        .map((name) => [name, readFileSync(join(goldens, 'scripts', name), 'utf8')]),
    );
    for (const [name, code] of Object.entries(scripts)) await put(`scripts/${name}`, Buffer.from(code));
    await laptop.putTar('sourcedir.tar.gz', scripts);
    await put('scripts/sourcedir.tar.gz', laptop.account.parts.s3.read('laptop-bucket', 'sourcedir.tar.gz'));
    await laptop.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'goldens' }));
  });
  afterAll(() => laptop.stop());

  test.each([
    'quality-gate',
    'conditions',
    'one-sided',
    'json-from-s3',
    'around-steps',
    'tuning',
    'batch-transform',
    'endpoint',
    'large',
  ])('%s succeeds', async (name) => {
    const result = await run(name);
    expect(result.reason).toBe('');
    expect(result.status).toBe('Succeeded');
  });

  test('parameters succeeds with a value for the one without a default', async () => {
    await laptop.s3.send(new PutObjectCommand({ Bucket: 'mooring-goldens', Key: 'note/note.txt', Body: 'x' }));
    expect(await run('parameters', '--parameter', 'Free=given')).toMatchObject({ status: 'Succeeded', reason: '' });
  });

  test('quality-gate-fails ends in its Fail step and registers nothing', async () => {
    const versions = async (): Promise<number> =>
      (await laptop.sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: 'goldens' })))
        .ModelPackageSummaryList?.length ?? 0;
    const before = await versions();
    const result = await run('quality-gate-fails');
    expect(result.status).toBe('Failed');
    expect(result.reason).toMatch(/F1 is .* and must be 1\.5/);
    expect(await versions()).toBe(before);
  });

  test('function succeeds with a real function', async () => {
    const lambda = new LambdaClient(clientConfig(laptop.account));
    const code =
      'exports.handler = async (event) => ({ doubled: Number(event.count) * 2, greeting: `hello ${event.name}` });';
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'goldens',
        Runtime: 'nodejs22.x',
        Role: laptop.roleArn,
        Handler: 'index.handler',
        Code: { ZipFile: storedZip('index.js', code) },
      }),
    );
    const result = await run('function');
    expect(result).toMatchObject({ status: 'Succeeded', reason: '' });
    expect(Object.keys(result.steps)).toContain('Yes');
  });

  test('callback succeeds once the message is answered', async () => {
    const sqs = new SQSClient(clientConfig(laptop.account));
    const { QueueUrl: queue = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'goldens' }));
    expect(await run('callback', '--queue', queue)).toMatchObject({ status: 'Succeeded', reason: '' });
  });

  const put = (Key: string, Body: string): Promise<unknown> =>
    laptop.s3.send(new PutObjectCommand({ Bucket: 'mooring-goldens', Key, Body }));

  test('quality-checks succeeds: the first baseline of the data, and model quality against a supplied one', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => `${index % 2},${index % 10 === 0 ? 1 : index % 2}`);
    await put('quality-checks/predictions.csv', `label,prediction\n${rows.join('\n')}\n`);
    await put('baseline/statistics.json', '{}');
    const accuracy = { threshold: 0.8, comparison_operator: 'LessThanThreshold' };
    await put('baseline/constraints.json', JSON.stringify({ binary_classification_constraints: { accuracy } }));
    const result = await run('quality-checks', '--parameter', 'SkipCheck=true');
    expect(result).toMatchObject({ status: 'Succeeded', reason: '' });
  });

  test('clarify-checks fails where it has to: a check of bias without any baseline', async () => {
    const config = { dataset_type: 'text/csv', headers: ['y', 'x', 'z'], label: 'y', label_values_or_threshold: [1] };
    const facet = [{ name_or_index: 'x', value_or_threshold: [0.5] }];
    const methods = { pre_training_bias: { methods: 'all' }, report: { name: 'report', title: 'Analysis Report' } };
    for (const kind of ['data-bias', 'model-bias', 'explain'])
      await put(`clarify-checks/${kind}-config/analysis_config.json`, JSON.stringify({ ...config, facet, methods }));
    await put('explain/constraints.json', '{"version": "1.0"}');
    const { status, reason, steps } = await run('clarify-checks');
    expect(status).toBe('Failed');
    expect(reason).toMatch(/ModelBias/);
    expect(steps).toMatchObject({ DataBias: 'Succeeded', ModelBias: 'Failed' });
  });

  test('emr is refused by name before anything starts', async () => {
    await expect(run('emr')).rejects.toThrow(/does not support pipeline step type EMR/);
  });
});

/** A zip with one stored member. */
function storedZip(name: string, content: string): Buffer {
  const data = Buffer.from(content);
  const crc = crc32(data);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt32LE(crc, 14);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(data.length, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  central.writeUInt32LE(crc, 16);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(data.length, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + data.length, 16);
  return Buffer.concat([local, Buffer.from(name), data, central, Buffer.from(name), end]);
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
