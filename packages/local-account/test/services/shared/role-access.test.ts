import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateModelCommand,
  CreateProcessingJobCommand,
  type CreateProcessingJobCommandInput,
  DescribeProcessingJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import { imagePermissions } from '../../../src/services/shared/role-access';
import { keysOf } from '../../support/account';
import { EventSide } from '../../support/event-side';
import { bucket, containerRuntime, Laptop, processing } from '../../support/laptop';

const code = { ZipFile: zipSync({ 'index.js': Buffer.from('exports.handler = async () => console.log("said");') }) };

describe('a function', () => {
  const side = new EventSide();
  beforeAll(() => side.up());
  afterAll(() => side.down());
  const create = (FunctionName: string, Role: string, TargetArn?: string): Promise<unknown> =>
    side.clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: code,
        ...(TargetArn === undefined ? {} : { DeadLetterConfig: { TargetArn } }),
      }),
    );

  test('whose role may not write logs answers, and its lines are lost', async () => {
    await create('silent', await side.role('silent-role', 'lambda.amazonaws.com'));
    const { StatusCode } = await side.clients.lambda.send(new InvokeCommand({ FunctionName: 'silent' }));
    expect(StatusCode).toBe(200);
    await expect(
      side.clients.logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/silent' })),
    ).rejects.toThrow('The specified log group does not exist');
    expect(side.traces('logs.refused').map(({ group }) => group)).toEqual(['/aws/lambda/silent']);
  });

  test('is not made when its role may not send to its dead letters', async () => {
    await side.clients.sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const queue = 'arn:aws:sqs:us-east-1:000000000000:dead';
    const meek = await side.role('meek-role', 'lambda.amazonaws.com', ['logs:PutLogEvents']);
    await expect(create('meek', meek, queue)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining(
        'The provided execution role does not have permissions to call SendMessage on SQS',
      ) as string,
    });
    await create('able', await side.role('able-role', 'lambda.amazonaws.com', ['sqs:SendMessage'], [queue]), queue);
  });
});

describe('a role of SageMaker', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await Laptop.start();
    await laptop.put('code/say.py', 'print("said")\n');
  });
  afterAll(() => laptop.stop());

  const run = async (name: string, role: string): Promise<string> => {
    const request = { ProcessingJobName: name, ...processing(laptop, 'say.py', { RoleArn: role }) };
    await laptop.sagemaker.send(new CreateProcessingJobCommand(request as CreateProcessingJobCommandInput));
    await laptop.account.clock.settled();
    const job = await laptop.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
    return `${job.ProcessingJobStatus} ${job.FailureReason ?? ''}`;
  };
  const s3 = { Effect: 'Allow', Action: 's3:*', Resource: '*' };

  test('that may not pull its image runs nothing', async () => {
    const role = await laptop.role('no-image', [s3, { Effect: 'Allow', Action: 'logs:*', Resource: '*' }]);
    expect(await run('no-image', role)).toMatch(/^Failed ClientError: The role may not pull the image .*ecr:/);
  });

  test('that may not write logs runs without them', async () => {
    const role = await laptop.role('no-logs', [s3, { Effect: 'Allow', Action: 'ecr:*', Resource: '*' }]);
    expect(await run('no-logs', role)).toBe('Completed ');
    expect(laptop.account.trace.read().filter(({ type }) => type === 'logs.refused')).toHaveLength(1);
  });

  test('needs AddTags to create with tags, and not without', async () => {
    const role = await laptop.role('no-tags', [
      containerRuntime,
      { Effect: 'Allow', Action: ['sagemaker:CreateModel', 'iam:PassRole'], Resource: '*' },
    ]);
    const credentials = keysOf(laptop.account, role);
    const client = new SageMakerClient({
      region: 'us-east-1',
      endpoint: laptop.account.endpointUrl(),
      maxAttempts: 1,
      credentials,
    });
    const model = { ExecutionRoleArn: role, PrimaryContainer: { Image: '1.dkr.ecr.us-east-1.amazonaws.com/x:1' } };
    await client.send(new CreateModelCommand({ ModelName: 'plain', ...model })).catch((error: Error) => {
      expect(error.message).not.toContain('AddTags');
    });
    const tagged = { ModelName: 'tagged', ...model, Tags: [{ Key: 'a', Value: 'b' }] };
    await expect(client.send(new CreateModelCommand(tagged))).rejects.toThrow('sagemaker:AddTags');
  });

  test('learns that a key is not there only where it may list it', async () => {
    await laptop.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'own/there', Body: 'x' }));
    const statusOf = async (name: string, statements: readonly unknown[]): Promise<number | undefined> => {
      const credentials = keysOf(laptop.account, await laptop.role(name, statements));
      const endpoint = laptop.account.endpointUrl();
      const client = new S3Client({ region: 'us-east-1', endpoint, credentials, forcePathStyle: true });
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'own/there' }));
        return (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'own/missing' }))).$metadata
          .httpStatusCode;
      } catch (error) {
        return (error as { readonly $metadata: { readonly httpStatusCode?: number } }).$metadata.httpStatusCode;
      }
    };
    const get = { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/own/*` };
    const list = {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${bucket}`,
      Condition: { StringLike: { 's3:prefix': ['own/*'] } },
    };
    expect(await statusOf('blind', [get])).toBe(403);
    expect(await statusOf('seeing', [get, list])).toBe(404);
  });
});

test('an image of the registry asks for a token and three actions on its repository; any other for nothing', () => {
  const asked = imagePermissions('683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0');
  expect(asked.map(({ action }) => action)).toEqual([
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
  ]);
  expect(asked[1]?.resource).toBe('arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost');
  expect(imagePermissions('docker.io/library/python')).toEqual([]);
});
