import { existsSync } from 'node:fs';
import {
  ListPipelineExecutionsCommand,
  ListPipelineParametersForExecutionCommand,
  RetryPipelineExecutionCommand,
  SendPipelineExecutionStepFailureCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../../support/clients';
import { bucket, Laptop, output, processing } from '../../../../support/laptop';

const scripts: Readonly<Record<string, string>> = {
  'note.py': `import pathlib, sys, time
time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0)
target = pathlib.Path("/opt/ml/processing/output")
(target / "note.txt").write_text(sys.argv[1] if len(sys.argv) > 1 else "")
print("noted")
`,
  // Dies of a signal until the file it leaves in the bucket exists: what AWS calls an internal error of the job.
  'flaky.py': `import boto3, os, signal, sys
s3 = boto3.client("s3")
found = s3.list_objects_v2(Bucket="${bucket}", Prefix="flaky/").get("KeyCount", 0)
s3.put_object(Bucket="${bucket}", Key=f"flaky/{found}", Body=b"")
if found < 2:
    os.kill(os.getpid(), signal.SIGKILL)
`,
  'broken.py': 'import sys\nprint("before the end")\nsys.exit("no rows left")\n',
  'fragile.py': `import boto3, sys
if "KeyCount" in (found := boto3.client("s3").list_objects_v2(Bucket="${bucket}", Prefix="mended")) and found["KeyCount"] == 0:
    sys.exit("not mended yet")
`,
};

describe('an execution', () => {
  let laptop: Laptop;
  const step = (
    Name: string,
    script: string,
    args: readonly unknown[] = [],
    more: Readonly<Record<string, unknown>> = {},
  ): Record<string, unknown> => ({
    Name,
    Type: 'Processing',
    Arguments: processing(
      laptop,
      script,
      {
        ProcessingOutputConfig: {
          Outputs: [output('note', '/opt/ml/processing/output', `s3://${bucket}/notes/${Name}`)],
        },
      },
      args,
    ),
    ...more,
  });
  const seconds = (steps: Awaited<ReturnType<Laptop['outcome']>>['steps'], name: string): readonly [number, number] => [
    steps[name]?.StartTime?.getTime() ?? 0,
    steps[name]?.EndTime?.getTime() ?? 0,
  ];

  beforeAll(async () => {
    laptop = await Laptop.start();
    for (const [name, code] of Object.entries(scripts)) await laptop.put(`code/${name}`, code);
  });
  afterAll(() => laptop.stop());

  test('fails with the last lines and the log of the step; later steps do not start', async () => {
    await laptop.pipeline('broken', [
      step('First', 'broken.py'),
      step('Second', 'note.py', [], { DependsOn: ['First'] }),
    ]);
    const execution = await laptop.run('broken');
    expect(execution.PipelineExecutionStatus).toBe('Failed');
    expect(execution.FailureReason).toContain(
      'First: AlgorithmError: exit code 1. Last lines: \nbefore the end\nno rows left',
    );
    const log = /Log: (.*)$/.exec(execution.steps['First']?.FailureReason ?? '')?.[1] ?? '';
    expect(existsSync(log)).toBe(true);
    expect(execution.steps['Second']).toBeUndefined();
  });

  test('runs what waits for a failure and then ends CompletedWithFailures', async () => {
    await laptop.pipeline('handled', [
      step('First', 'broken.py'),
      step('Alarm', 'note.py', [], { DependsOn: [{ Step: 'First', Trigger: 'Failed' }] }),
      step('Never', 'note.py', [], { DependsOn: ['First'] }),
    ]);
    const execution = await laptop.run('handled');
    expect(execution.PipelineExecutionStatus).toBe('CompletedWithFailures');
    expect(Object.fromEntries(Object.entries(execution.steps).map(([name, each]) => [name, each.StepStatus]))).toEqual({
      First: 'Failed',
      Alarm: 'Succeeded',
    });
  });

  test('runs two steps at once, or as many as asked for', async () => {
    const four = ['A', 'B', 'C', 'D'].map((name) => step(name, 'note.py', [name, '0.4']));
    await laptop.pipeline('wide', four);
    const two = (await laptop.run('wide')).steps;
    const overlap = (first: readonly [number, number], second: readonly [number, number]): boolean =>
      first[0] < second[1] && second[0] < first[1];
    expect(overlap(seconds(two, 'A'), seconds(two, 'B'))).toBe(true);
    expect(overlap(seconds(two, 'A'), seconds(two, 'C')) && overlap(seconds(two, 'B'), seconds(two, 'C'))).toBe(false);
    const one = (
      await laptop.outcome(
        await laptop.start('wide', {}, { ParallelismConfiguration: { MaxParallelExecutionSteps: 1 } }),
      )
    ).steps;
    expect(overlap(seconds(one, 'A'), seconds(one, 'B'))).toBe(false);
  });

  test('takes over results of an earlier one until they expire', async () => {
    await laptop.pipeline('cached', [
      step('Slow', 'note.py', ['same'], { CacheConfig: { Enabled: true, ExpireAfter: 'PT1H' } }),
    ]);
    const first = await laptop.run('cached');
    const second = await laptop.run('cached');
    expect(second.steps['Slow']?.CacheHitResult?.SourcePipelineExecutionArn).toBe(first.PipelineExecutionArn);
    expect(second.steps['Slow']?.Metadata?.ProcessingJob?.Arn).toBe(first.steps['Slow']?.Metadata?.ProcessingJob?.Arn);
    await laptop.account.clock.advance(3_700_000);
    expect((await laptop.run('cached')).steps['Slow']?.CacheHitResult).toBeUndefined();
  });

  test('tries a step again as its retry policy says, on the virtual clock', async () => {
    const policy = {
      ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR'],
      IntervalSeconds: 600,
      BackoffRate: 2,
      MaxAttempts: 3,
    };
    await laptop.pipeline('flaky', [step('Flaky', 'flaky.py', [], { RetryPolicies: [policy] })]);
    const arn = await laptop.start('flaky');
    expect((await laptop.outcome(arn)).PipelineExecutionStatus).toBe('Executing');
    await laptop.account.clock.advance(610_000);
    expect((await laptop.outcome(arn)).steps['Flaky']).toMatchObject({ StepStatus: 'Executing', AttemptCount: 2 });
    await laptop.account.clock.advance(1_210_000);
    const execution = await laptop.outcome(arn);
    expect(execution).toMatchObject({ PipelineExecutionStatus: 'Succeeded', steps: { Flaky: { AttemptCount: 3 } } });
  });

  test('is stopped with what runs', async () => {
    await laptop.pipeline('long', [
      step('Long', 'note.py', ['x', '60']),
      step('After', 'note.py', [], { DependsOn: ['Long'] }),
    ]);
    const arn = await laptop.start('long');
    await new Promise((done) => setTimeout(done, 400));
    await laptop.sagemaker.send(
      new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: laptop.token() }),
    );
    const execution = await laptop.outcome(arn);
    expect(execution).toMatchObject({ PipelineExecutionStatus: 'Stopped', steps: { Long: { StepStatus: 'Stopped' } } });
    expect(execution.steps['After']).toBeUndefined();
  });

  test('that failed is retried from where it failed', async () => {
    await laptop.pipeline('mending', [
      step('Good', 'note.py'),
      step('Fragile', 'fragile.py', [], { DependsOn: ['Good'] }),
    ]);
    const failed = await laptop.run('mending');
    expect(failed.PipelineExecutionStatus).toBe('Failed');
    await laptop.put('mended', 'yes');
    await laptop.sagemaker.send(
      new RetryPipelineExecutionCommand({
        PipelineExecutionArn: failed.PipelineExecutionArn,
        ClientRequestToken: laptop.token(),
      }),
    );
    const execution = await laptop.outcome(failed.PipelineExecutionArn ?? '');
    expect(execution.PipelineExecutionStatus).toBe('Succeeded');
    expect(execution.steps['Good']?.Metadata?.ProcessingJob?.Arn).toBe(
      failed.steps['Good']?.Metadata?.ProcessingJob?.Arn,
    );
  });

  test('runs only selected steps, with results of a source execution', async () => {
    const reads = { Get: "Steps.One.ProcessingOutputConfig.Outputs['note'].S3Output.S3Uri" };
    await laptop.pipeline('picked', [
      step('One', 'note.py'),
      step('Two', 'note.py', [reads]),
      step('Three', 'note.py'),
    ]);
    const source = await laptop.run('picked');
    const arn = await laptop.start(
      'picked',
      {},
      {
        SelectiveExecutionConfig: {
          SourcePipelineExecutionArn: source.PipelineExecutionArn,
          SelectedSteps: [{ StepName: 'Two' }],
        },
      },
    );
    const execution = await laptop.outcome(arn);
    expect(execution.PipelineExecutionStatus).toBe('Succeeded');
    expect(execution.steps['Two']?.SelectiveExecutionResult).toBeUndefined();
    expect(execution.steps['Two']?.Metadata?.ProcessingJob?.Arn).not.toBe(
      source.steps['Two']?.Metadata?.ProcessingJob?.Arn,
    );
    expect(await laptop.text(`s3://${bucket}/notes/Two/note.txt`)).toBe(`s3://${bucket}/notes/One`);
    expect(execution.steps['One']?.SelectiveExecutionResult?.SourcePipelineExecutionArn).toBe(
      source.PipelineExecutionArn,
    );
    await expect(
      laptop.start('picked', {}, { SelectiveExecutionConfig: { SelectedSteps: [{ StepName: 'Two' }] } }),
    ).rejects.toThrow("step 'Two' reads One, so SourcePipelineExecutionArn is needed");
  });

  test('waits for a callback; a failure answer fails it', async () => {
    const sqs = new SQSClient(clientConfig(laptop.account));
    const { QueueUrl: queue } = await sqs.send(new CreateQueueCommand({ QueueName: 'asks' }));
    await laptop.pipeline('asking', [
      { Name: 'Ask', Type: 'Callback', SqsQueueUrl: queue, Arguments: { question: 'ship it?' }, OutputParameters: [] },
    ]);
    const arn = await laptop.start('asking');
    expect((await laptop.outcome(arn)).PipelineExecutionStatus).toBe('Executing');
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue }));
    const body = JSON.parse(message?.Body ?? '{}') as { token: string };
    expect(body).toEqual({
      token: expect.stringMatching(/^[a-z0-9]{10}$/) as string,
      pipelineExecutionArn: arn,
      arguments: { question: 'ship it?' },
    });
    await laptop.sagemaker.send(
      new SendPipelineExecutionStepFailureCommand({ CallbackToken: body.token, FailureReason: 'not today' }),
    );
    expect(await laptop.outcome(arn)).toMatchObject({
      PipelineExecutionStatus: 'Failed',
      steps: { Ask: { StepStatus: 'Failed', FailureReason: 'not today' } },
    });
  });

  test('is started once for one client token, and shows its parameters', async () => {
    await laptop.pipeline(
      'once',
      [step('Note', 'note.py', [{ Get: 'Parameters.Text' }])],
      [{ Name: 'Text', Type: 'String', DefaultValue: 'hello' }],
    );
    const more = { ClientRequestToken: laptop.token() };
    const first = await laptop.start('once', {}, more);
    expect(await laptop.start('once', {}, more)).toBe(first);
    await laptop.outcome(first);
    const { PipelineExecutionSummaries: all } = await laptop.sagemaker.send(
      new ListPipelineExecutionsCommand({ PipelineName: 'once' }),
    );
    expect(all).toMatchObject([{ PipelineExecutionArn: first, PipelineExecutionStatus: 'Succeeded' }]);
    const { PipelineParameters: parameters } = await laptop.sagemaker.send(
      new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn: first }),
    );
    expect(parameters).toEqual([{ Name: 'Text', Value: 'hello' }]);
  });

  test('publishes its states and those of its steps', async () => {
    const states = laptop.account.trace
      .read()
      .flatMap((each) =>
        each.type === 'pipeline.execution' && (each.data as { pipeline: string }).pipeline === 'broken'
          ? [(each.data as { status: string }).status]
          : [],
      );
    expect(states).toEqual(['Executing', 'Failed']);
  });

  test('is denied what the role of the pipeline may not do, naming action and resource', async () => {
    const role = await laptop.role('timid', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    await laptop.pipeline('timid', [step('Note', 'note.py')], [], { RoleArn: role });
    const execution = await laptop.run('timid');
    expect(execution.FailureReason).toContain('sagemaker:CreateProcessingJob');
    expect(execution.FailureReason).toContain('role/timid');
  });

  test('fails, and does not execute for ever, when the account goes down in the middle', async () => {
    const arn = await laptop.start('long');
    await new Promise((done) => setTimeout(done, 300));
    await laptop.restart();
    const execution = await laptop.outcome(arn);
    expect(execution.PipelineExecutionStatus).toBe('Failed');
    expect(execution.steps['Long']?.StepStatus).toBe('Failed');
  });
});
