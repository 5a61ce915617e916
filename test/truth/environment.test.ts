import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateProcessingJobCommand,
  type CreateProcessingJobCommandInput,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { EventSide } from '@mooring/local-account/test/support/event-side';
import { bucket, Laptop, processing, xgboostImage } from '@mooring/local-account/test/support/laptop';
import {
  createConfig,
  createEndpoint,
  createModel,
  invoke,
  variant,
} from '@mooring/local-account/test/support/serving';

// Processes of the local account see what AWS gives theirs, and nothing of the shell that started the account.

/** What every container has on AWS: SageMaker's own variables and those that the images' build files set. */
const onAws = [
  'AWS_REGION',
  ...['HOME', 'LANG', 'LC_ALL', 'PATH', 'PYTHONDONTWRITEBYTECODE', 'PYTHONIOENCODING', 'PYTHONUNBUFFERED'],
];
/** What the local account has to add. The credentials' path is relative on AWS, to an address that no laptop has. */
const onLaptop = [
  ...['AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_ENDPOINT_URL', 'TMPDIR'],
  ...['AWS_CONFIG_FILE', 'AWS_EC2_METADATA_DISABLED', 'AWS_SHARED_CREDENTIALS_FILE', 'NO_PROXY', 'no_proxy'],
];
const everywhere = [...onAws, ...onLaptop].sort();
const ofTheToolkit = /^(SM_|SAGEMAKER_)/;

/** Prints the names of its variables, and who and where boto3 is with them. */
const look = `import json, os
import boto3
who = boto3.client("sts", region_name=os.environ["AWS_REGION"]).get_caller_identity()["Arn"]
print("SEEN " + json.dumps({"names": sorted(os.environ), "who": who, "path": os.environ["PATH"]}))
`;

interface Seen {
  readonly names: readonly string[];
  readonly who: string;
  readonly path: string;
}

const seen = (text: string): Seen => {
  const line = text.split('\n').find((each) => each.startsWith('SEEN '));
  if (line === undefined) throw new Error(text);
  return JSON.parse(line.slice(5)) as Seen;
};

describe('the environment of a container', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await Laptop.start({
      AWS_DEFAULT_REGION: 'eu-north-1',
      AWS_PROFILE: 'personal',
      PYTHONPATH: '/somebody/elses/modules',
      SECRET_OF_THE_SHELL: 'x',
    });
    await laptop.put('code/look.py', look);
    await laptop.put('code/nowhere.py', 'import boto3\nboto3.client("cloudwatch")\n');
    await laptop.put('data/rows.csv', '1\n');
    await laptop.putTar('source.tar.gz', { 'look.py': look, 'alone.py': 'print("done")\n' });
  });
  afterAll(() => laptop.stop());

  const logOf = (kind: string, name: string): string =>
    readFileSync(join(laptop.folder, 'sagemaker', kind, name, 'log.txt'), 'utf8');

  const processed = async (name: string, script: string): Promise<string> => {
    const input = {
      ProcessingJobName: name,
      ...processing(laptop, script),
    } as unknown as CreateProcessingJobCommandInput;
    await laptop.sagemaker.send(new CreateProcessingJobCommand(input));
    await laptop.account.clock.settled();
    return logOf('processing', name);
  };

  const train = async (name: string, more: Partial<CreateTrainingJobCommandInput>): Promise<string> => {
    await laptop.sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: name,
        RoleArn: laptop.roleArn,
        AlgorithmSpecification: { TrainingImage: xgboostImage, TrainingInputMode: 'File' },
        InputDataConfig: ['train', 'code'].map((ChannelName) => ({
          ChannelName,
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri: `s3://${bucket}/${ChannelName === 'code' ? 'source.tar.gz' : 'data/'}`,
            },
          },
        })),
        OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
        StoppingCondition: { MaxRuntimeInSeconds: 600 },
        ...more,
      }),
    );
    await laptop.account.clock.settled();
    return logOf('training', name);
  };
  const scriptMode = {
    max_depth: '3',
    sagemaker_program: 'look.py',
    sagemaker_submit_directory: '/opt/ml/input/data/code/source.tar.gz',
  };

  test('of a processing job is the containers, and nothing of SM_*', async () => {
    const { names, who, path } = seen(await processed('seen', 'look.py'));
    expect(names).toEqual(everywhere);
    expect(who).toMatch(/:assumed-role\/everything\/seen$/);
    expect(path).not.toContain(process.env['HOME'] ?? 'nowhere');
  });

  test('leaves boto3 without a region, as SageMaker does: code has to give it', async () => {
    expect(await processed('nowhere', 'nowhere.py')).toContain('NoRegionError: You must specify a region.');
  });

  test("of a training job that starts a command has the job's name besides", async () => {
    const AlgorithmSpecification = {
      TrainingImage: xgboostImage,
      TrainingInputMode: 'File' as const,
      ContainerEntrypoint: ['python3', '-c', look],
    };
    const { names, who } = seen(await train('command', { AlgorithmSpecification, Environment: { OWN: '1' } }));
    expect(names).toEqual([...everywhere, 'OWN', 'TRAINING_JOB_ARN', 'TRAINING_JOB_NAME'].sort());
    expect(who).toMatch(/:assumed-role\/everything\/command$/);
  });

  test("of a training job in script mode has the toolkit's variables besides", async () => {
    const { names } = seen(await train('script', { HyperParameters: scriptMode }));
    expect(names.filter((name) => !ofTheToolkit.test(name))).toEqual(
      [...everywhere, 'TRAINING_JOB_ARN', 'TRAINING_JOB_NAME'].sort(),
    );
    expect(names).toEqual(
      expect.arrayContaining([
        ...['SM_CHANNEL_CODE', 'SM_CHANNEL_TRAIN', 'SM_HP_MAX_DEPTH', 'SM_MODEL_DIR', 'SM_OUTPUT_DATA_DIR'],
        ...['SM_NUM_CPUS', 'SM_HOSTS', 'SM_CURRENT_HOST'],
      ]),
    );
  });

  test('without build tools in an isolated training job in script mode is the error of AWS', async () => {
    // An isolated job reaches nobody, so its script asks nobody.
    const isolated = {
      HyperParameters: { ...scriptMode, sagemaker_program: 'alone.py' },
      EnableNetworkIsolation: true,
    };
    await train('isolated', isolated);
    const job = await laptop.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'isolated' }));
    expect(job.TrainingJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(/^AlgorithmError: InstallModuleError:\nCommand "\S+ -m pip install \."/);
    expect(logOf('training', 'isolated')).toContain('No matching distribution found for setuptools>=40.8.0');
    await train('tools', { ...isolated, Environment: { PIP_NO_BUILD_ISOLATION: '0' } });
    const other = await laptop.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'tools' }));
    expect(other.TrainingJobStatus).toBe('Completed');
    // As pip reads it: with any other value the build is isolated.
    await train('wrong', { ...isolated, Environment: { PIP_NO_BUILD_ISOLATION: '1' } });
    const wrong = await laptop.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'wrong' }));
    expect(wrong.TrainingJobStatus).toBe('Failed');
  });

  test("of a host is the containers, with the model's own", async () => {
    const code = `${look.replace('print("SEEN " + ', 'SEEN = ("SEEN " + ')}
def model_fn(folder):
    return SEEN
def input_fn(body, content_type):
    return body
def predict_fn(data, model):
    return model
def output_fn(answer, accept):
    return answer, "text/plain"
`;
    await createModel(laptop, 'host', code);
    await createConfig(laptop, 'host', [variant('host')]);
    await createEndpoint(laptop, 'host', 'host');
    await laptop.account.clock.settled();
    const { names } = seen((await invoke(laptop, 'host', '1')).text);
    const own = ['SAGEMAKER_PROGRAM', 'SAGEMAKER_SUBMIT_DIRECTORY', 'SM_MODEL_DIR'];
    expect(names).toEqual([...everywhere, ...own].sort());
  });
});

describe('the environment of a function', () => {
  const side = new EventSide();
  beforeAll(() => side.up());
  afterAll(() => side.down());

  /** Lambda's reserved and unreserved variables for Node.js: its developer guide, "Defined runtime environment variables". */
  const onLambda = [
    ...['_HANDLER', 'AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_NAME'],
    ...['AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE'],
    ...['AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_LAMBDA_LOG_FORMAT', 'AWS_ACCESS_KEY_ID'],
    ...[
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_LAMBDA_RUNTIME_API',
      'LAMBDA_TASK_ROOT',
      'LAMBDA_RUNTIME_DIR',
    ],
    ...['LANG', 'PATH', 'NODE_PATH', 'TZ', '_X_AMZN_TRACE_ID'],
  ];
  /** What turns its SDK to this account. */
  const added = ['AWS_ENDPOINT_URL', 'AWS_ACCOUNT_ID', 'AWS_EC2_METADATA_DISABLED', 'AWS_CONFIG_FILE'].concat([
    'AWS_SHARED_CREDENTIALS_FILE',
    'NO_PROXY',
    'no_proxy',
  ]);

  test('is what Lambda sets, and the settings of the function', async () => {
    await side.function('names', 'exports.handler = async () => Object.keys(process.env).sort();', {
      environment: { OWN: '1' },
    });
    const { Payload } = await side.clients.lambda.send(new InvokeCommand({ FunctionName: 'names' }));
    const names = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as readonly string[];
    expect(names).toEqual([...onLambda, ...added, 'OWN'].sort());
  });
});
