import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { askAsync, AsyncFailure, asyncConfigOf, Unanswered } from '../../../lambda/deploy/async-requests';
import type { Context } from '../../../lambda/deploy/context';
import { guardrailsOf } from '../../../lambda/deploy/policy';
import { smokeTest } from '../../../lambda/deploy/smoke-test';
import type { Plan } from '../../../lambda/deploy/plan';
import { FakeS3 } from '../../support/fake-s3';

const answers = 'loans/async/production/output';
const failures = 'loans/async/production/failures';

/** @param reply what appears in S3 for a line, at the first look that follows; nothing when undefined. */
function fixture(reply: (line: string) => { readonly folder: string; readonly text: string } | undefined) {
  const s3 = new FakeS3();
  const runtime = new SageMakerRuntimeClient({ region: 'eu-west-1' });
  let asked = 0;
  const waited: number[] = [];
  mockClient(runtime)
    .on(InvokeEndpointAsyncCommand)
    .callsFake(({ InputLocation }: { InputLocation: string }) => {
      const line = s3.objects.get(InputLocation.replace('s3://', ''));
      asked += 1;
      const found = reply(String(line));
      if (found !== undefined) s3.objects.set(`data/${found.folder}/${asked}.out`, found.text);
      return {
        OutputLocation: `s3://data/${answers}/${asked}.out`,
        FailureLocation: `s3://data/${failures}/${asked}.out`,
      };
    });
  const context = {
    runtime,
    useCase: 'loans',
    stage: 'production',
    endpointName: 'loans-endpoint',
    dataBucket: 'data',
    artifacts: { s3: s3.client, name: 'artifacts' },
    kmsKeyArn: 'key',
    topicArn: 'topic',
    settings: { label: 'paid_back', stage: { async: { max_concurrency: 4, notify: 'none' } } },
    sleep: (milliseconds: number) => Promise.resolve(void waited.push(milliseconds)),
  } as unknown as Context;
  const predictions = 'age,paid_back,prediction,score\n30,1,1,0.9\n20,0,0,0.2\n';
  s3.objects.set('artifacts/loans/executions/run1/Evaluate/predictions/predictions.csv', predictions);
  return { context, s3, waited };
}

const plan = { name: 'loans-endpoint-v1-abc', executionArn: 'arn:x/run1' } as Plan;
const scores: Readonly<Record<string, string>> = { '30': '1,0.9', '20': '0,0.2' };
const refuse = (status: number): string => `Received client error (${status}) from primary with message "no row".`;

describe('a request through S3', () => {
  test('is answered by the object that appears', async () => {
    const { context, s3 } = fixture(() => ({ folder: answers, text: '1,0.9\n' }));
    expect(await askAsync(context, 'one', '30', 'smoke')).toBe('1,0.9');
    expect(s3.objects.get('data/loans/async/production/input/smoke-test/one.csv')).toBe('30');
  });

  test('fails with the status that SageMaker wrote', async () => {
    const { context } = fixture(() => ({ folder: failures, text: 'Received server error (500) from primary' }));
    const failure = await askAsync(context, 'one', '30', 'smoke').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AsyncFailure);
    expect(failure).toMatchObject({ OriginalStatusCode: 500 });
  });

  test('is given up after a minute', async () => {
    const { context, waited } = fixture(() => undefined);
    await expect(askAsync(context, 'one', '30', 'smoke')).rejects.toThrow(Unanswered);
    const total = waited.reduce((sum, each) => sum + each, 0);
    expect(total).toBeGreaterThanOrEqual(59_000);
    expect(total).toBeLessThanOrEqual(61_000);
  });
});

describe('the smoke test of an asynchronous endpoint', () => {
  const good = (line: string) =>
    scores[line] === undefined ? { folder: failures, text: refuse(400) } : { folder: answers, text: scores[line] };

  test('passes with recorded answers and a refused row', async () => {
    expect(await smokeTest(fixture(good).context, plan)).toEqual({ verdict: 'passed', answers: ['1,0.9', '0,0.2'] });
  });

  test('fails when a bad row is answered', async () => {
    const { context } = fixture((line) => ({ folder: answers, text: scores[line] ?? '1,0.5' }));
    expect(await smokeTest(context, plan)).toMatchObject({
      verdict: 'failed',
      reason: expect.stringContaining('instead of a 4xx') as string,
    });
  });

  test('fails when a good row fails', async () => {
    const { context } = fixture(() => ({ folder: failures, text: refuse(400) }));
    expect(await smokeTest(context, plan)).toMatchObject({ verdict: 'failed' });
  });

  test('says nothing about a model behind a long queue', async () => {
    expect(await smokeTest(fixture(() => undefined).context, plan)).toEqual({
      verdict: 'skipped',
      reason: 'the endpoint did not answer within a minute; its queue is long or its model takes its time',
    });
  });
});

describe('the configuration of an asynchronous endpoint', () => {
  const { context } = fixture(() => undefined);

  test('puts answers and failures below the stage, encrypted', () => {
    expect(asyncConfigOf(context, { max_concurrency: 4, notify: 'none' })).toEqual({
      ClientConfig: { MaxConcurrentInvocationsPerInstance: 4 },
      OutputConfig: { S3OutputPath: `s3://data/${answers}`, S3FailurePath: `s3://data/${failures}`, KmsKeyId: 'key' },
    });
  });

  test.each([
    ['failures', { ErrorTopic: 'topic' }],
    ['all', { ErrorTopic: 'topic', SuccessTopic: 'topic' }],
  ] as const)('tells the topic about %s', (notify, topics) => {
    const { OutputConfig } = asyncConfigOf(context, { max_concurrency: 4, notify });
    expect(OutputConfig?.NotificationConfig).toEqual(topics);
  });

  test('has no latency alarm: its models may take long', () => {
    const names = guardrailsOf(context.settings.stage, 'loans-endpoint', 'c').map((each) => each.AlarmName);
    expect(names).toEqual(['c-5xx', 'c-model-errors']);
  });
});
