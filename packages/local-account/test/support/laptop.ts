import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  GetObjectCommand,
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreatePipelineCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  SageMakerClient,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import type { DescribePipelineExecutionResponse, PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { c as createTar } from 'tar';
import { Account } from '../../src/account';
import { packageFolder } from '../../src/core/package-folder';
import { clientConfig } from './clients';

/** Python with the libraries of the images: that of MOORING_PYTHON_ENVIRONMENT, else the checkout's. */
const environment = process.env['MOORING_PYTHON_ENVIRONMENT'] ?? join(packageFolder(), '../../.venv');
export const python = join(environment, 'bin', 'python');
export const sklearnImage = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3';
export const xgboostImage = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';
export const bucket = 'laptop-bucket';

/** What every job and host needs of its role around its work: its image and its logs. */
export const containerRuntime = { Effect: 'Allow', Action: ['ecr:*', 'logs:*'], Resource: '*' };

/** A local account in a folder of its own, with a bucket, a role that may do everything, and real clients. */
export class Laptop {
  readonly folder: string;
  account: Account;
  roleArn = '';
  private tokens = 0;

  constructor(
    private readonly env: Readonly<Record<string, string>> = {},
    parent = tmpdir(),
  ) {
    this.folder = mkdtempSync(join(parent, 'mooring-sm-'));
    this.account = this.make();
  }

  static async start(env: Readonly<Record<string, string>> = {}, parent?: string): Promise<Laptop> {
    const laptop = new Laptop(env, parent);
    await laptop.account.start();
    await laptop.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    laptop.roleArn = await laptop.role('everything', [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
    return laptop;
  }

  get s3(): S3Client {
    return new S3Client({ ...clientConfig(this.account), forcePathStyle: true });
  }

  get sagemaker(): SageMakerClient {
    return new SageMakerClient(clientConfig(this.account));
  }

  get runtime(): SageMakerRuntimeClient {
    return new SageMakerRuntimeClient(clientConfig(this.account));
  }

  async role(name: string, statements: readonly unknown[]): Promise<string> {
    const iam = new IAMClient(clientConfig(this.account));
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: ['sagemaker.amazonaws.com', 'lambda.amazonaws.com'] },
        },
      ],
    };
    const { Role: role } = await iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
    );
    return role?.Arn ?? '';
  }

  async put(key: string, body: string | Buffer): Promise<string> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    return `s3://${bucket}/${key}`;
  }

  async text(uri: string): Promise<string> {
    const answer = await this.s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: uri.replace(`s3://${bucket}/`, '') }),
    );
    return (await answer.Body?.transformToString()) ?? '';
  }

  async keys(prefix: string): Promise<string[]> {
    const answer = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return (answer.Contents ?? []).map((each) => each.Key ?? '');
  }

  /** Packs files as tar.gz and stores it. */
  async putTar(key: string, files: Readonly<Record<string, string>>): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-tar-'));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'in', name)), { recursive: true });
      writeFileSync(join(folder, 'in', name), content);
    }
    const file = join(folder, 'out.tar.gz');
    await createTar({ file, cwd: join(folder, 'in'), gzip: true }, Object.keys(files));
    const uri = await this.put(key, readFileSync(file));
    rmSync(folder, { recursive: true });
    return uri;
  }

  async pipeline(
    name: string,
    steps: readonly unknown[],
    parameters: readonly unknown[] = [],
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const definition = JSON.stringify({ Version: '2020-12-01', Metadata: {}, Parameters: parameters, Steps: steps });
    await this.sagemaker.send(
      new CreatePipelineCommand({
        PipelineName: name,
        PipelineDefinition: definition,
        RoleArn: this.roleArn,
        ClientRequestToken: this.token(),
        ...more,
      }),
    );
  }

  async start(
    name: string,
    parameters: Readonly<Record<string, string>> = {},
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const list = Object.entries(parameters).map(([Name, Value]) => ({ Name, Value }));
    const answer = await this.sagemaker.send(
      new StartPipelineExecutionCommand({
        PipelineName: name,
        PipelineParameters: list,
        ClientRequestToken: this.token(),
        ...more,
      }),
    );
    return answer.PipelineExecutionArn ?? '';
  }

  /** Waits for all work, then tells how the execution stands. */
  async outcome(
    arn: string,
  ): Promise<DescribePipelineExecutionResponse & { readonly steps: Readonly<Record<string, PipelineExecutionStep>> }> {
    await this.account.clock.settled();
    const execution = await this.sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }));
    const { PipelineExecutionSteps: steps = [] } = await this.sagemaker.send(
      new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn }),
    );
    return { ...execution, steps: Object.fromEntries(steps.map((each) => [each.StepName, each])) };
  }

  async run(name: string, parameters: Readonly<Record<string, string>> = {}): ReturnType<Laptop['outcome']> {
    return this.outcome(await this.start(name, parameters));
  }

  /** The account again on the same folder, as after a restart of `mooring up`. */
  async restart(): Promise<void> {
    await this.account.stop();
    this.account = this.make();
    await this.account.start();
  }

  async stop(): Promise<void> {
    await this.account.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  token(): string {
    this.tokens += 1;
    return `token-${this.tokens}`.padEnd(40, '0');
  }

  private make(): Account {
    return new Account({ folder: this.folder, python, env: { PATH: process.env['PATH'], ...this.env } });
  }
}

/** Arguments of a processing step that runs a script of the bucket. */
export function processing(
  laptop: Laptop,
  script: string,
  more: Readonly<Record<string, unknown>> = {},
  args: readonly unknown[] = [],
): Record<string, unknown> {
  return {
    ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 } },
    AppSpecification: {
      ImageUri: sklearnImage,
      ContainerEntrypoint: ['python3', `/opt/ml/processing/input/code/${script}`],
      ...(args.length === 0 ? {} : { ContainerArguments: args }),
    },
    RoleArn: laptop.roleArn,
    ProcessingInputs: [
      {
        InputName: 'code',
        S3Input: {
          S3Uri: `s3://${bucket}/code/${script}`,
          LocalPath: '/opt/ml/processing/input/code',
          S3DataType: 'S3Prefix',
          S3InputMode: 'File',
        },
      },
    ],
    ...more,
  };
}

export const output = (name: string, path: string, uri: unknown): Record<string, unknown> => ({
  OutputName: name,
  S3Output: { S3Uri: uri, LocalPath: path, S3UploadMode: 'EndOfJob' },
});
