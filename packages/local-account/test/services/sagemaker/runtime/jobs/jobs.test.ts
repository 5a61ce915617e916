import {
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListProcessingJobsCommand,
  StopProcessingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { CreateProcessingJobCommandInput, DescribeProcessingJobResponse } from '@aws-sdk/client-sagemaker';
import { bucket, containerRuntime, Laptop, output, processing, xgboostImage } from '../../../../support/laptop';

const scripts: Readonly<Record<string, string>> = {
  'copy.py': `import os, pathlib, shutil, sys
source, target = map(pathlib.Path, sys.argv[1:3])
for file in sorted(source.rglob("*")):
    if file.is_file():
        print(file.relative_to(source))
        shutil.copy(file, target)
pathlib.Path(target, "env.txt").write_text(os.environ["MODE"] + " " + os.environ["AWS_REGION"])
`,
  'broken.py': 'print("reading rows")\nraise ValueError("column AGE is missing")\n',
  'sleep.py': 'import time\nprint("asleep", flush=True)\ntime.sleep(60)\n',
  'hard.py': 'import pathlib\npathlib.Path("/opt/ml/processing/output/result.txt").write_text("hard-coded")\n',
  'say.py': 'import pathlib\npathlib.Path("/opt/ml/output/message").write_text("12 violations")\n',
  'call.py': `import boto3, sys
s3 = boto3.client("s3")
s3.put_object(Bucket=sys.argv[1], Key="from-job", Body=b"hello")
`,
};

describe.each([
  ['with /opt/ml mounted where the machine can', {}],
  ['with paths rebased', { MOORING_MAPPING: 'off' }],
])('a processing job, %s', (_how, env) => {
  let laptop: Laptop;
  const rebased = 'MOORING_MAPPING' in env;

  const create = (
    name: string,
    script: string,
    more: Readonly<Record<string, unknown>> = {},
    args: readonly string[] = [],
  ): Promise<unknown> =>
    laptop.sagemaker.send(
      new CreateProcessingJobCommand({
        ProcessingJobName: name,
        ...processing(laptop, script, more, args),
      } as unknown as CreateProcessingJobCommandInput),
    );
  const ended = async (name: string): Promise<DescribeProcessingJobResponse> => {
    await laptop.account.clock.settled();
    return laptop.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
  };

  beforeAll(async () => {
    laptop = await Laptop.start(env);
    for (const [name, code] of Object.entries(scripts)) await laptop.put(`code/${name}`, code);
    await laptop.put('data/a.csv', 'a');
    await laptop.put('data/deep/b.csv', 'b');
  });
  afterAll(() => laptop.stop());

  test('brings inputs down, runs the script with its environment and sends outputs up', async () => {
    const [code] = processing(laptop, 'copy.py')['ProcessingInputs'] as unknown[];
    await create(
      'copy',
      'copy.py',
      {
        Environment: { MODE: 'nightly' },
        ProcessingInputs: [
          code,
          {
            InputName: 'data',
            S3Input: {
              S3Uri: `s3://${bucket}/data/`,
              LocalPath: '/opt/ml/processing/input/data',
              S3DataType: 'S3Prefix',
              S3InputMode: 'File',
            },
          },
        ],
        ProcessingOutputConfig: { Outputs: [output('copy', '/opt/ml/processing/output', `s3://${bucket}/copied`)] },
      },
      ['/opt/ml/processing/input/data', '/opt/ml/processing/output'],
    );
    const job = await ended('copy');
    expect(job.FailureReason).toBeUndefined();
    expect(job.ProcessingJobStatus).toBe('Completed');
    expect(await laptop.keys('copied/')).toEqual(['copied/a.csv', 'copied/b.csv', 'copied/env.txt']);
    expect(await laptop.text(`s3://${bucket}/copied/env.txt`)).toBe('nightly us-east-1');
  });

  test('fails with the last lines of the script and the path of the log', async () => {
    await create('broken', 'broken.py');
    const job = await ended('broken');
    expect(job.ProcessingJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(/^AlgorithmError: exit code 1\. Last lines:/);
    expect(job.FailureReason).toContain('ValueError: column AGE is missing');
    expect(job.FailureReason).toMatch(/Log: .*processing\/broken\/log\.txt$/);
  });

  test('is ended by its StoppingCondition', async () => {
    await create('slow', 'sleep.py', { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    expect(await ended('slow')).toMatchObject({
      ProcessingJobStatus: 'Failed',
      FailureReason: expect.stringContaining('longer than its MaxRuntimeInSeconds') as string,
    });
  });

  test('is stopped', async () => {
    await create('stopped', 'sleep.py');
    await laptop.sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: 'stopped' }));
    expect((await ended('stopped')).ProcessingJobStatus).toBe('Stopped');
  });

  test('may hard-code /opt/ml where it is mounted', async () => {
    await create('hard', 'hard.py', {
      ProcessingOutputConfig: { Outputs: [output('out', '/opt/ml/processing/output', `s3://${bucket}/hard`)] },
    });
    const job = await ended('hard');
    if (rebased) expect(job.FailureReason).toContain('FileNotFoundError');
    else expect(await laptop.text(`s3://${bucket}/hard/result.txt`)).toBe('hard-coded');
  });

  test('calls this account as its role, and no more than the role may', async () => {
    await create('caller', 'call.py', {}, [bucket]);
    expect((await ended('caller')).ProcessingJobStatus).toBe('Completed');
    expect(await laptop.text(`s3://${bucket}/from-job`)).toBe('hello');
    const role = await laptop.role('meek', [
      containerRuntime,
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' },
    ]);
    await create('meek', 'call.py', { RoleArn: role }, [bucket]);
    expect((await ended('meek')).FailureReason).toContain('AccessDenied');
  });

  test('names the input that is not there', async () => {
    await create('nothing', 'copy.py', {
      ProcessingInputs: [
        {
          InputName: 'data',
          S3Input: {
            S3Uri: `s3://${bucket}/missing/`,
            LocalPath: '/opt/ml/processing/input/data',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
    });
    expect((await ended('nothing')).FailureReason).toMatch(
      /^ClientError: No S3 objects found under S3 URL "s3:\/\/laptop-bucket\/missing\/"/,
    );
  });

  test('cannot read or write outside of its folder', async () => {
    await create('escape', 'copy.py', {
      ProcessingOutputConfig: { Outputs: [output('out', '/opt/ml/../../etc', `s3://${bucket}/stolen`)] },
    });
    expect((await ended('escape')).FailureReason).toContain('leads out of /opt/ml');
    await create('elsewhere', 'copy.py', {
      ProcessingOutputConfig: { Outputs: [output('out', '/etc', `s3://${bucket}/stolen`)] },
    });
    expect((await ended('elsewhere')).FailureReason).toContain("'/etc' is not below /opt/ml");
    expect(await laptop.keys('stolen')).toEqual([]);
  });
});

describe('job requests', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await Laptop.start();
    await laptop.put('code/say.py', scripts['say.py'] ?? '');
  });
  afterAll(() => laptop.stop());

  test('are checked against the shapes of the API, all problems at once', async () => {
    const { parts } = laptop.account;
    await expect(
      parts.call('sagemaker', 'CreateProcessingJob', { ProcessingJobName: 'x', Rolearn: 'y' }, parts.iam.administrator),
    ).rejects.toThrow(
      /4 validation errors detected: Value null at 'processingResources' .*Value null at 'appSpecification' .*Value null at 'roleArn' .*Unknown member 'Rolearn'/s,
    );
  });

  test('refuse an image this machine does not have, by name', async () => {
    const wanted = {
      ...processing(laptop, 'say.py'),
      AppSpecification: { ImageUri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/my-own:1' },
    };
    await expect(
      laptop.sagemaker.send(
        new CreateProcessingJobCommand({
          ProcessingJobName: 'own',
          ...wanted,
        } as unknown as CreateProcessingJobCommandInput),
      ),
    ).rejects.toThrow("does not support the image '123456789012.dkr.ecr.us-east-1.amazonaws.com/my-own:1'");
  });

  test('refuse a name that is taken, and describe what there is', async () => {
    const wanted = {
      ProcessingJobName: 'say',
      ...processing(laptop, 'say.py'),
    } as unknown as CreateProcessingJobCommandInput;
    await laptop.sagemaker.send(new CreateProcessingJobCommand(wanted));
    await expect(laptop.sagemaker.send(new CreateProcessingJobCommand(wanted))).rejects.toMatchObject({
      name: 'ResourceInUse',
    });
    await laptop.account.clock.settled();
    await expect(
      laptop.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: 'nope' })),
    ).rejects.toThrow('Could not find requested job with name: nope');
    const { ProcessingJobSummaries: jobs } = await laptop.sagemaker.send(
      new ListProcessingJobsCommand({ NameContains: 'sa' }),
    );
    expect(jobs).toMatchObject([
      { ProcessingJobName: 'say', ProcessingJobStatus: 'Completed', ExitMessage: '12 violations' },
    ]);
  });

  test("train with XGBoost's built-in algorithm when no script is given", async () => {
    const rows = Array.from(
      { length: 200 },
      (_, index) => `${index % 2},${index % 2 === 0 ? 0.1 : 0.9},${(index * 7) % 11}`,
    ).join('\n');
    await laptop.put('xgb/train.csv', rows);
    await laptop.sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: 'builtin',
        AlgorithmSpecification: { TrainingImage: xgboostImage, TrainingInputMode: 'File' },
        RoleArn: laptop.roleArn,
        HyperParameters: { num_round: '5', objective: 'binary:logistic', eval_metric: 'auc' },
        InputDataConfig: ['train', 'validation'].map((ChannelName) => ({
          ChannelName,
          ContentType: 'text/csv',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/xgb/` } },
        })),
        OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      }),
    );
    await laptop.account.clock.settled();
    const job = await laptop.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'builtin' }));
    expect(job.FailureReason).toBeUndefined();
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${bucket}/models/builtin/output/model.tar.gz`);
    expect(job.FinalMetricDataList?.find((each) => each.MetricName === 'validation:auc')?.Value).toBe(1);
  });
});
