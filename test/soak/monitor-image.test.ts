import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BatchDeleteImageCommand, DescribeImagesCommand, ECRClient, type ImageDetail } from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateProcessingJobCommand,
  DescribePipelineCommand,
  DescribeProcessingJobCommand,
  type CreateProcessingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { resourceNames, stackNames } from '../../contracts/names';
import { monitorPath } from '../../contracts/python-packages';
import { Account, dockerStandIn } from '@mooring/local-account';
import { deploy } from '../../cli/account/cdk';
import { clientEnvironment, clientsFor, localRegion } from '../../cli/shared/clients';
import { readFoundation } from '../../cli/shared/foundation';
import { root, testApp } from '../support/app';
import { sparkUseCase } from '../support/spark-use-case';
import { clientConfig } from '@mooring/local-account/test/support/clients';

/** The account lives in this process: nothing may block it. */
const run = promisify(execFile);
const spark = existsSync(join(root, '.venvs/bench/bin/python'));
if (!spark) console.warn('partly skipped: pyspark is not installed (.venvs/bench)');

const useCase = 'loans';
const stacks = [stackNames.foundation, stackNames.training(useCase)];
const repositoryName = `cdk-hnb659fds-container-assets-000000000000-${localRegion}`;
const script = `import sys
sys.path[:0] = sys.argv[1].split(':')
from mooring_monitor.cli import main
sys.exit(main(sys.argv[2:]))
`;

describe('a use case that wants Spark and names no image, deployed to a local account by the CDK CLI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-image-'));
  const assembly = join(folder, 'cdk.out');
  const account = new Account({
    folder: join(folder, 'account'),
    python: join(root, '.venv/bin/python'),
    env: process.env,
  });
  let ecr: ECRClient;

  beforeAll(async () => {
    process.env['CDK_VALIDATION'] = 'false';
    testApp([sparkUseCase()], assembly).synth();
    await account.start();
    ecr = new ECRClient(clientConfig(account));
    await deploy(
      { root, work: folder, state: join(folder, 'account'), assembly, python: '' },
      account.connection,
      stacks,
    );
  }, 180_000);
  afterAll(async () => {
    await account.stop();
    rmSync(folder, { recursive: true });
  });

  const images = async (): Promise<readonly ImageDetail[]> =>
    (await ecr.send(new DescribeImagesCommand({ repositoryName }))).imageDetails ?? [];
  const asset = (): string => {
    const manifest = readFileSync(join(assembly, `${stackNames.training(useCase)}.assets.json`), 'utf8');
    return Object.keys((JSON.parse(manifest) as { dockerImages: object }).dockerImages)[0] ?? '';
  };
  const docker = (...args: string[]) =>
    run(dockerStandIn(), args, {
      env: { ...process.env, ...clientEnvironment(account.connection), TMPDIR: folder },
    });
  const imageOfStep = async (): Promise<string> => {
    const { sagemaker } = clientsFor(account.connection);
    const described = await sagemaker.send(
      new DescribePipelineCommand({ PipelineName: resourceNames.pipeline(useCase) }),
    );
    const { Steps } = JSON.parse(described.PipelineDefinition ?? '{}') as {
      Steps: { Name: string; Arguments: { AppSpecification: { ImageUri: string } } }[];
    };
    return Steps.find((each) => each.Name === 'DataQuality')?.Arguments.AppSpecification.ImageUri ?? '';
  };
  const job = async (ImageUri: string): Promise<CreateProcessingJobCommandInput> => {
    const clients = clientsFor(account.connection);
    const { dataBucket } = await readFoundation(clients);
    const put = (Key: string, Body: string) => clients.s3.send(new PutObjectCommand({ Bucket: dataBucket, Key, Body }));
    await put('code/run.py', script);
    await put('train/train.csv', `a,b\n${'1,x\n2,y\n'.repeat(50)}`);
    const input = (name: string, key: string) => ({
      InputName: name,
      S3Input: {
        S3Uri: `s3://${dataBucket}/${key}`,
        LocalPath: `/opt/ml/processing/input/${name}`,
        S3DataType: 'S3Prefix' as const,
        S3InputMode: 'File' as const,
      },
    });
    return {
      ProcessingJobName: `job-${Date.now()}`,
      RoleArn: await everythingRole(account),
      AppSpecification: {
        ImageUri,
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/run.py'],
        ContainerArguments: [
          ...[monitorPath(root), 'profile', '--engine', 'spark', '--train', '/opt/ml/processing/input/train'],
          ...['--output', '/opt/ml/processing/output'],
        ],
      },
      ProcessingInputs: [input('code', 'code/run.py'), input('train', 'train')],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'baseline',
            S3Output: {
              S3Uri: `s3://${dataBucket}/baseline`,
              LocalPath: '/opt/ml/processing/output/baseline',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 2, VolumeSizeInGB: 30 } },
    };
  };

  test('has its image in the registry of the bootstrap stack, by the hash of its sources, and in its pipeline', async () => {
    const [image, ...more] = await images();
    expect(more).toEqual([]);
    const tag = image?.imageTags?.[0] ?? '';
    expect(asset()).toBe(`mooring-monitor-${tag}`);
    expect(image?.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await imageOfStep()).toBe(`000000000000.dkr.ecr.${localRegion}.amazonaws.com/${repositoryName}:${tag}`);
  });

  (spark ? test : test.skip)('counts on Spark in that image, its two instances as one', async () => {
    const clients = clientsFor(account.connection);
    const { sagemaker } = clients;
    const request = await job(await imageOfStep());
    await sagemaker.send(new CreateProcessingJobCommand(request));
    await account.clock.settled();
    const { ProcessingJobName } = request;
    const done = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
    expect([done.FailureReason, done.ProcessingJobStatus]).toEqual([undefined, 'Completed']);
    const { dataBucket } = await readFoundation(clients);
    const key = { Bucket: dataBucket, Key: 'baseline/statistics.json' };
    const written = await clients.s3.send(new GetObjectCommand(key));
    const { dataset } = JSON.parse((await written.Body?.transformToString()) ?? '{}') as {
      dataset: { item_count: number };
    };
    expect(dataset.item_count).toBe(100);
  });

  test("is published by the release's tool as well, once", async () => {
    const tools = join(folder, 'tools');
    await run(process.execPath, [join(root, 'cli/release/build/bundle.mjs'), tools]);
    const publish = async (): Promise<string> => {
      rmSync(join(assembly, '.published-dockerImages'), { force: true });
      const manifest = join(assembly, `${stackNames.training(useCase)}.assets.json`);
      const { stdout } = await run(
        'sh',
        [join(tools, 'bin/cdk-assets'), '--path', manifest, '--verbose', 'publish', `${asset()}:current_account`],
        { env: { ...process.env, ...clientEnvironment(account.connection) } },
      );
      return stdout;
    };
    const [before] = await images();
    await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest: before?.imageDigest }] }));
    expect(await images()).toEqual([]);
    expect(await publish()).toContain(`@${before?.imageDigest ?? ''} pushed`);
    expect((await images()).map((each) => [each.imageDigest, each.imageTags])).toEqual([
      [before?.imageDigest, before?.imageTags],
    ]);
    expect(await publish()).toContain(`@${before?.imageDigest ?? ''} was there`);
  });

  test('an image that this machine has no stand-in for can be pushed, and its job is refused by name', async () => {
    const context = join(folder, 'other');
    mkdirSync(context);
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nLABEL org.opencontainers.image.title="other"\n');
    const uri = `000000000000.dkr.ecr.${localRegion}.amazonaws.com/${repositoryName}:other`;
    await expect(docker('inspect', uri)).rejects.toThrow('No such image');
    await docker('build', '--tag', uri, context);
    await docker('push', uri);
    const { sagemaker } = clientsFor(account.connection);
    await expect(sagemaker.send(new CreateProcessingJobCommand(await job(uri)))).rejects.toThrow(
      `the local account does not support the image '${uri}'`,
    );
    await expect(docker('run', uri)).rejects.toThrow(
      "'run' is not supported by the local account's stand-in for Docker",
    );
  });

  test('a tag that stands for another image stays what it was, because the repository says so', async () => {
    const context = join(folder, 'other');
    const uri = `000000000000.dkr.ecr.${localRegion}.amazonaws.com/${repositoryName}:other`;
    writeFileSync(join(context, 'more.txt'), 'more');
    await docker('build', '--tag', uri, context);
    await expect(docker('push', uri)).rejects.toThrow('the tag is immutable');
  });
});

async function everythingRole(account: Account): Promise<string> {
  const iam = new IAMClient(clientConfig(account));
  const RoleName = `everything-${Date.now()}`;
  const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify({ Statement: [trust] }) }),
  );
  const PolicyDocument = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'everything', PolicyDocument }));
  return Role?.Arn ?? '';
}
