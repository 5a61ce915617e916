import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { bucket, containerRuntime, Laptop } from '../../../../support/laptop';
import {
  createConfig,
  createEndpoint,
  createModel,
  endpointOf,
  invoke,
  script,
  updateEndpoint,
  variant,
} from '../../../../support/serving';
import { clientConfig } from '../../../../support/clients';

describe('other ways to serve', () => {
  let laptop: Laptop;

  beforeAll(async () => {
    laptop = await Laptop.start();
    await createModel(laptop, 'one');
  });
  afterAll(() => laptop.stop());

  test('an asynchronous endpoint answers into S3 and tells its topics', async () => {
    const sns = new SNSClient(clientConfig(laptop.account));
    const { TopicArn: topic } = await sns.send(new CreateTopicCommand({ Name: 'answers' }));
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'email', Endpoint: 'team@example.com' }));
    const output = {
      S3OutputPath: `s3://${bucket}/answers`,
      S3FailurePath: `s3://${bucket}/failures`,
      NotificationConfig: { SuccessTopic: topic, ErrorTopic: topic },
    };
    await createConfig(laptop, 'later', [variant('one')], { AsyncInferenceConfig: { OutputConfig: output } });
    await createEndpoint(laptop, 'later', 'later');
    const ask = (body: string): Promise<{ OutputLocation?: string; FailureLocation?: string }> =>
      laptop.put(`questions/${body}`, body).then((InputLocation) =>
        laptop.runtime.send(
          new InvokeEndpointAsyncCommand({
            EndpointName: 'later',
            InputLocation,
            ContentType: 'text/csv',
            Accept: 'text/csv',
          }),
        ),
      );
    const good = await ask('abc');
    const bad = await ask('bad');
    await laptop.account.clock.settled();
    expect(await laptop.text(good.OutputLocation ?? '')).toBe('one,3');
    expect(await laptop.text(bad.FailureLocation ?? '')).toContain('column 3 is not a number');
    const messages = laptop.account.parts
      .peer('inbox')
      .messages()
      .map((each) => (JSON.parse(each.body) as { invocationStatus: string }).invocationStatus);
    expect(messages).toEqual(['Completed', 'Failed']);
    await expect(invoke(laptop, 'later', 'abc')).rejects.toThrow('is asynchronous: call InvokeEndpointAsync');
  });

  test('a model whose role may not publish answers into S3, and nobody is notified', async () => {
    const silent = await laptop.role('silent', [containerRuntime, { Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    await createModel(laptop, 'silent', script, silent);
    const topic = 'arn:aws:sns:us-east-1:000000000000:answers';
    const output = { S3OutputPath: `s3://${bucket}/silent`, NotificationConfig: { SuccessTopic: topic } };
    await createConfig(laptop, 'silent', [variant('silent')], { AsyncInferenceConfig: { OutputConfig: output } });
    await createEndpoint(laptop, 'silent', 'silent');
    const inbox = laptop.account.parts.peer('inbox');
    const before = inbox.messages().length;
    const { OutputLocation } = await laptop.runtime.send(
      new InvokeEndpointAsyncCommand({
        EndpointName: 'silent',
        InputLocation: await laptop.put('questions/silent', 'abc'),
        ContentType: 'text/csv',
      }),
    );
    await laptop.account.clock.settled();
    expect(await laptop.text(OutputLocation ?? '')).toBe('silent,3');
    expect(inbox.messages()).toHaveLength(before);
    expect(JSON.stringify(laptop.account.trace.read())).toContain(`could not publish to ${topic}`);
  });

  test('a serverless endpoint serves, and refuses data capture', async () => {
    const serverless = {
      VariantName: 'AllTraffic',
      ModelName: 'one',
      ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 },
    };
    await createConfig(laptop, 'small', [serverless]);
    await createEndpoint(laptop, 'small', 'small');
    expect((await invoke(laptop, 'small', 'abc')).text).toBe('one,3');
    expect((await endpointOf(laptop, 'small')).ProductionVariants?.[0]?.CurrentServerlessConfig).toEqual({
      MemorySizeInMB: 2048,
      MaxConcurrency: 5,
    });
    const capture = {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: `s3://${bucket}/x`,
      CaptureOptions: [{ CaptureMode: 'Input' as const }],
    };
    await expect(createConfig(laptop, 'captured', [serverless], { DataCaptureConfig: capture })).rejects.toThrow(
      'do not support data capture',
    );
  });

  test('an update keeps scaled counts and weights when asked to', async () => {
    await createModel(laptop, 'two');
    for (const name of ['one', 'two']) await createConfig(laptop, name, [variant(name)]);
    await createEndpoint(laptop, 'scaled', 'one');
    await laptop.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'scaled',
        DesiredWeightsAndCapacities: [{ VariantName: 'AllTraffic', DesiredInstanceCount: 3, DesiredWeight: 0.5 }],
      }),
    );
    await updateEndpoint(laptop, 'scaled', 'two', { RetainAllVariantProperties: true });
    expect((await endpointOf(laptop, 'scaled')).ProductionVariants?.[0]).toMatchObject({
      CurrentInstanceCount: 3,
      CurrentWeight: 0.5,
    });
    await updateEndpoint(laptop, 'scaled', 'one', {
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredInstanceCount' }],
    });
    expect((await endpointOf(laptop, 'scaled')).ProductionVariants?.[0]).toMatchObject({
      CurrentInstanceCount: 1,
      CurrentWeight: 0.5,
    });
  });

  test('a batch transform scores objects record by record and joins the answers', async () => {
    await createModel(laptop, 'scorer', script.replace('f"{model},{len(row)}"', 'row.split(",")[-1] + "!"'));
    await laptop.put('batch/in/a.csv', '1,x\n2,y\n3,z\n');
    await laptop.sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName: 'score',
        ModelName: 'scorer',
        BatchStrategy: 'MultiRecord',
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/batch/in` } },
          ContentType: 'text/csv',
          SplitType: 'Line',
        },
        TransformOutput: { S3OutputPath: `s3://${bucket}/batch/out`, Accept: 'text/csv', AssembleWith: 'Line' },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
        DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input', OutputFilter: '$[0,-1]' },
      }),
    );
    await laptop.account.clock.settled();
    expect(await laptop.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: 'score' }))).toMatchObject({
      TransformJobStatus: 'Completed',
    });
    expect(await laptop.text(`s3://${bucket}/batch/out/a.csv.out`)).toBe('1,x!\n2,y!\n3,z!\n');
  });

  test('a model archive with a link in it does not serve', async () => {
    const { parts } = laptop.account;
    const folder = mkdtempSync(join(tmpdir(), 'mooring-link-'));
    symlinkSync('/etc/passwd', `${folder}/name.txt`);
    await create({ file: `${folder}/evil.tar.gz`, cwd: folder, gzip: true }, ['name.txt']);
    await createModel(laptop, 'evil');
    parts.s3.put(bucket, 'models/evil.tar.gz', readFileSync(`${folder}/evil.tar.gz`));
    await createConfig(laptop, 'evil', [variant('evil')]);
    const endpoint = await createEndpoint(laptop, 'evil', 'evil');
    expect(endpoint.EndpointStatus).toBe('Failed');
    expect(endpoint.FailureReason).toContain("the archive is refused: 'name.txt' is a link");
  });

  test('its states are events in the words of AWS', async () => {
    const published = laptop.account.trace
      .read()
      .filter((each) => each.type === 'endpoint.status' && (each.data as { endpoint: string }).endpoint === 'scaled');
    expect(published.map((each) => (each.data as { status: string }).status)).toEqual([
      'Creating',
      'InService',
      'Updating',
      'InService',
      'Updating',
      'InService',
      'Updating',
      'InService',
    ]);
  });
});
