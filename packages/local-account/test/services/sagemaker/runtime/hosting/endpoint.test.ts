import { bucket, containerRuntime, Laptop } from '../../../../support/laptop';
import {
  capture,
  createConfig,
  createEndpoint,
  createModel,
  endpointOf,
  invoke,
  updateEndpoint,
  variant,
} from '../../../../support/serving';

describe('an endpoint', () => {
  let laptop: Laptop;

  beforeAll(async () => {
    laptop = await Laptop.start();
    for (const name of ['one', 'two']) await createModel(laptop, name);
    await createConfig(laptop, 'one', [variant('one')], { DataCaptureConfig: capture });
    await createConfig(laptop, 'two', [variant('two')], { DataCaptureConfig: capture });
  });
  afterAll(() => laptop.stop());

  test('loads the artefact and answers with the script', async () => {
    const endpoint = await createEndpoint(laptop, 'credit', 'one');
    expect(endpoint.FailureReason).toBeUndefined();
    expect(endpoint.EndpointStatus).toBe('InService');
    expect(await invoke(laptop, 'credit', 'abc\nde')).toEqual({
      text: 'one,3\none,2',
      variant: 'AllTraffic',
      type: 'text/csv',
    });
  });

  test('captures requests and answers in the layout of SageMaker', async () => {
    await invoke(laptop, 'credit', 'abcd', { InferenceId: 'case-7' });
    await laptop.account.clock.settled();
    const keys = await laptop.keys('capture/');
    expect(keys[0]).toMatch(
      /^capture\/credit\/AllTraffic\/\d{4}\/\d{2}\/\d{2}\/\d{2}\/\d{2}-\d{2}-\d{3}-[0-9a-f-]{36}\.jsonl$/,
    );
    const records = (await Promise.all(keys.map((key) => laptop.text(`s3://${bucket}/${key}`))))
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const record = records.find((each) => (each['eventMetadata'] as { inferenceId?: string }).inferenceId === 'case-7');
    expect(record).toMatchObject({
      captureData: {
        endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: 'abcd', encoding: 'CSV' },
        endpointOutput: { observedContentType: 'text/csv', mode: 'OUTPUT', data: 'one,4', encoding: 'CSV' },
      },
      eventVersion: '0',
    });
  });

  test("answers the script's own 4xx as a ModelError with its status and message", async () => {
    await expect(invoke(laptop, 'credit', 'bad')).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 400,
      OriginalMessage: 'column 3 is not a number',
    });
    await expect(invoke(laptop, 'credit', 'boom')).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 500,
      OriginalMessage: 'out of cheese',
    });
  });

  test('comes back after the model process died', async () => {
    await expect(invoke(laptop, 'credit', 'die')).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 500,
    });
    expect((await invoke(laptop, 'credit', 'ab')).text).toBe('one,2');
  });

  test('refuses a payload over 6 MB and an endpoint that does not exist', async () => {
    await expect(invoke(laptop, 'credit', Buffer.alloc(6 * 1024 * 1024 + 1, 'a'))).rejects.toMatchObject({
      name: 'ValidationError',
    });
    await expect(invoke(laptop, 'nobody', 'a')).rejects.toMatchObject({
      message: 'Endpoint nobody of account 000000000000 not found.',
    });
  });

  test('is updated without a failed request', async () => {
    const failures: unknown[] = [];
    let on = true;
    const load = (async () => {
      while (on) await invoke(laptop, 'credit', 'abc').catch((error: unknown) => failures.push(error));
    })();
    await updateEndpoint(laptop, 'credit', 'two');
    on = false;
    await load;
    expect(failures).toEqual([]);
    expect(await endpointOf(laptop, 'credit')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'two',
    });
    expect((await invoke(laptop, 'credit', 'abc')).text).toBe('two,3');
  });

  test('publishes metrics of its invocations, also per configuration', async () => {
    const answer = (await laptop.account.parts.call(
      'monitoring',
      'GetMetricStatistics',
      {
        Namespace: 'AWS/SageMaker',
        MetricName: 'Invocation5XXErrors',
        Dimensions: [
          { Name: 'EndpointName', Value: 'credit' },
          { Name: 'VariantName', Value: 'AllTraffic' },
          { Name: 'EndpointConfigName', Value: 'one' },
        ],
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 3_600_000),
        Period: 86_400,
        Statistics: ['Sum'],
      },
      laptop.account.parts.iam.administrator,
    )) as { Datapoints: { Sum: number }[] };
    expect(answer.Datapoints.reduce((sum, each) => sum + each.Sum, 0)).toBe(2);
  });

  test('serves again after a restart of the account, from the first request on', async () => {
    await laptop.restart();
    expect(await endpointOf(laptop, 'credit')).toMatchObject({ EndpointStatus: 'InService' });
    expect((await invoke(laptop, 'credit', 'abc')).text).toBe('two,3');
  });

  test('splits traffic by weight and honours TargetVariant', async () => {
    await createConfig(laptop, 'ab', [
      variant('one', { VariantName: 'A', InitialVariantWeight: 3 }),
      variant('two', { VariantName: 'B', InitialVariantWeight: 1 }),
    ]);
    await createEndpoint(laptop, 'split', 'ab');
    await laptop.account.clock.settled();
    const answers: string[] = [];
    for (let each = 0; each < 80; each += 1) answers.push((await invoke(laptop, 'split', 'x')).variant ?? '');
    const share = answers.filter((each) => each === 'A').length / answers.length;
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.9);
    expect((await invoke(laptop, 'split', 'x', { TargetVariant: 'B' })).text).toBe('two,1');
  });

  test('keeps a shadow variant to itself', async () => {
    await createConfig(laptop, 'shadowed', [variant('one', { VariantName: 'Live' })], {
      ShadowProductionVariants: [variant('two', { VariantName: 'Shadow' })] as never,
      DataCaptureConfig: capture,
    });
    await createEndpoint(laptop, 'shadowed', 'shadowed');
    await laptop.account.clock.settled();
    expect((await invoke(laptop, 'shadowed', 'abc')).text).toBe('one,3');
    await laptop.account.clock.settled();
    const [key] = await laptop.keys('capture/shadowed/Shadow/');
    expect(await laptop.text(`s3://${bucket}/${key}`)).toContain('two,3');
  });
});

describe('an endpoint whose model does not come up', () => {
  let laptop: Laptop;

  beforeAll(async () => {
    laptop = await Laptop.start();
    await createModel(laptop, 'good');
    await createModel(
      laptop,
      'nil',
      'def model_fn(model_dir):\n    print("loading")\n    raise ValueError("weights are missing")\n',
    );
    await createConfig(laptop, 'good', [variant('good')]);
    await createConfig(laptop, 'nil', [variant('nil')]);
  });
  afterAll(() => laptop.stop());

  test('is Failed with the last lines of the script', async () => {
    const endpoint = await createEndpoint(laptop, 'dead', 'nil');
    expect(endpoint.EndpointStatus).toBe('Failed');
    expect(endpoint.FailureReason).toContain('ValueError: weights are missing');
    expect(endpoint.FailureReason).toMatch(/Log: .*log\.txt$/);
  });

  test('keeps the old configuration when it is an update', async () => {
    await createEndpoint(laptop, 'alive', 'good');
    await updateEndpoint(laptop, 'alive', 'nil');
    const endpoint = await endpointOf(laptop, 'alive');
    expect(endpoint).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'good' });
    expect(endpoint.FailureReason).toContain("'nil' was rolled back");
    expect((await invoke(laptop, 'alive', 'abc')).text).toBe('good,3');
  });

  test('traces that capture cannot be written, and answers all the same', async () => {
    const role = await laptop.role('reader', [
      containerRuntime,
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' },
    ]);
    await createModel(laptop, 'mute', undefined, role);
    await createConfig(laptop, 'mute', [variant('mute')], { DataCaptureConfig: capture });
    await createEndpoint(laptop, 'mute', 'mute');
    expect((await invoke(laptop, 'mute', 'abc')).text).toBe('mute,3');
    await laptop.account.clock.settled();
    const failed = laptop.account.trace.read().filter((each) => each.type === 'capture.failed');
    expect(failed).toHaveLength(1);
    expect(JSON.stringify(failed[0])).toContain('s3:PutObject');
  });
});
