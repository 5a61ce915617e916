import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientEnvironment } from '../../cli/shared/clients';
import type { ExecutionState } from '../../cli/shared/execution';
import { execute, root, Workplace, type Ended } from '../support/mooring';
import { AccountKeys } from '@mooring/local-account';

const python = join(root, '.venvs/clients/bin/python');
const aws = join(root, '.venvs/clients/bin/aws');
const present = existsSync(aws);
if (!present) console.warn('skipped: the clients environment is not there; node tools/python-env.mjs clients makes it');

/** What people do with the AWS CLI, cdk and boto3 while `mooring up` runs. */
(present ? describe : describe.skip)('real clients on a running account', () => {
  const place = new Workplace();
  let env: Record<string, string>;
  const scratch = mkdtempSync(join(tmpdir(), 'mooring-clients-'));

  const call = async <T>(...args: string[]): Promise<T> => {
    const { code, out, err } = await execute(aws, [...args, '--output', 'json'], env);
    if (code !== 0) throw new Error(`aws ${args.join(' ')}: ${err}`);
    return (out.trim() === '' ? {} : JSON.parse(out)) as T;
  };
  const cdk = (...args: string[]): Promise<Ended> =>
    execute(
      process.execPath,
      [join(root, 'node_modules/aws-cdk/bin/cdk'), ...args, '--app', join(place.folder, 'cdk.out'), '--no-notices'],
      { ...env, CI: 'true' },
    );

  beforeAll(async () => {
    env = {
      ...clientEnvironment({ endpoint: await place.up(), keys: AccountKeys.read(place.state).administrator }),
      AWS_PAGER: '',
    };
    const run = await place.json<ExecutionState>('run', 'credit-risk');
    expect(run.status).toBe('Succeeded');
  }, 300_000);
  afterAll(async () => {
    await place.remove();
    rmSync(scratch, { recursive: true });
  });

  test('cdk finds no difference, and deploys nothing the second time', async () => {
    const diff = await cdk('diff', '--all', '--fail');
    expect([diff.code, `${diff.out}${diff.err}`]).toEqual([
      0,
      expect.stringContaining('Number of stacks with differences: 0'),
    ]);
    const again = await cdk('deploy', '--all', '--require-approval', 'never');
    expect(again.code).toBe(0);
    const { Stacks } = await call<{ Stacks: { StackName: string }[] }>('cloudformation', 'describe-stacks');
    const ours = Stacks.filter((each) => each.StackName.startsWith('Mooring-'));
    expect(`${again.out}${again.err}`.match(/\(no changes\)/g)?.length).toBe(ours.length);
  }, 120_000);

  test('the AWS CLI lists executions and steps, and gives the definition that ran', async () => {
    const {
      PipelineExecutionSummaries: [execution],
    } = await call<{ PipelineExecutionSummaries: { PipelineExecutionArn: string; PipelineExecutionStatus: string }[] }>(
      'sagemaker',
      'list-pipeline-executions',
      '--pipeline-name',
      'credit-risk-pipeline',
    );
    expect(execution?.PipelineExecutionStatus).toBe('Succeeded');
    const arn = execution?.PipelineExecutionArn ?? '';
    const { PipelineExecutionSteps } = await call<{
      PipelineExecutionSteps: { StepName: string; StepStatus: string }[];
    }>('sagemaker', 'list-pipeline-execution-steps', '--pipeline-execution-arn', arn);
    expect(
      PipelineExecutionSteps.filter((each) => each.StepStatus === 'Succeeded').map((each) => each.StepName),
    ).toEqual(expect.arrayContaining(['Preprocess', 'Train', 'Register']));
    const { PipelineDefinition } = await call<{ PipelineDefinition: string }>(
      'sagemaker',
      'describe-pipeline-definition-for-execution',
      '--pipeline-execution-arn',
      arn,
    );
    expect((JSON.parse(PipelineDefinition) as { Version: string }).Version).toBe('2020-12-01');
  }, 60_000);

  test('update-model-package approves, and the approval starts a deployment that answers requests', async () => {
    const {
      ModelPackageSummaryList: [version],
    } = await call<{ ModelPackageSummaryList: { ModelPackageArn: string }[] }>(
      'sagemaker',
      'list-model-packages',
      '--model-package-group-name',
      'credit-risk-models',
    );
    const arn = version?.ModelPackageArn ?? '';
    const described = await call<{ CustomerMetadataProperties: Record<string, string> }>(
      'sagemaker',
      'describe-model-package',
      '--model-package-name',
      arn,
    );
    expect(described.CustomerMetadataProperties['data_hash']).toMatch(/^[0-9a-f:sha]{16,}/);
    await call('sagemaker', 'update-model-package', '--model-package-arn', arn, '--model-approval-status', 'Approved');
    let status = '';
    for (let tries = 0; tries < 60 && status !== 'InService'; tries += 1) {
      await new Promise((done) => setTimeout(done, 500));
      status = (
        await call<{ EndpointStatus: string }>(
          'sagemaker',
          'describe-endpoint',
          '--endpoint-name',
          'credit-risk-endpoint',
        ).catch(() => ({ EndpointStatus: '' }))
      ).EndpointStatus;
    }
    expect(status).toBe('InService');
    const rows = readFileSync(
      join(
        place.folder,
        'generated/credit-risk',
        `${(await execute('ls', [join(place.folder, 'generated/credit-risk')])).out.trim()}`,
      ),
      'utf8',
    ).split('\n');
    const row = (rows[1] ?? '').split(',').slice(1, -1).join(',');
    writeFileSync(join(scratch, 'row.csv'), row);
    await call(
      'sagemaker-runtime',
      'invoke-endpoint',
      '--endpoint-name',
      'credit-risk-endpoint',
      '--content-type',
      'text/csv',
      '--accept',
      'text/csv',
      '--body',
      `fileb://${join(scratch, 'row.csv')}`,
      join(scratch, 'answer.csv'),
    );
    expect(readFileSync(join(scratch, 'answer.csv'), 'utf8').trim()).toMatch(/^[01],0\.\d+$/);
  }, 180_000);

  test('alarms, metrics, rules, topics and objects answer too', async () => {
    const { MetricAlarms } = await call<{ MetricAlarms: { AlarmName: string }[] }>('cloudwatch', 'describe-alarms');
    expect(MetricAlarms.map((each) => each.AlarmName)).toContain('credit-risk-drift-AMT_ANNUITY');
    const now = new Date();
    const statistics = await call<{ Datapoints: { Sum: number }[] }>(
      'cloudwatch',
      'get-metric-statistics',
      '--namespace',
      'AWS/SageMaker',
      '--metric-name',
      'Invocations',
      '--dimensions',
      'Name=EndpointName,Value=credit-risk-endpoint',
      'Name=VariantName,Value=AllTraffic',
      '--start-time',
      new Date(now.getTime() - 3_600_000).toISOString(),
      '--end-time',
      new Date(now.getTime() + 3_600_000).toISOString(),
      '--period',
      '3600',
      '--statistics',
      'Sum',
    );
    expect(statistics.Datapoints.reduce((sum, each) => sum + each.Sum, 0)).toBeGreaterThanOrEqual(1);
    expect((await call<{ Rules: unknown[] }>('events', 'list-rules')).Rules.length).toBeGreaterThan(3);
    expect(JSON.stringify(await call('sns', 'list-topics'))).toContain('mooring-notifications');
    const listed = await execute(aws, ['s3', 'ls'], env);
    const bucket = /\S*data\S*$/m.exec(listed.out)?.[0] ?? '';
    const copied = await execute(
      aws,
      ['s3', 'cp', join(scratch, 'row.csv'), `s3://${bucket}/credit-risk/raw/by-hand/row.csv`],
      env,
    );
    expect([copied.code, copied.err]).toEqual([0, '']);
  }, 120_000);

  test('boto3 sees the same account', async () => {
    const script = `
import boto3, json
sm = boto3.client("sagemaker")
print(json.dumps({
    "execution": sm.list_pipeline_executions(PipelineName="credit-risk-pipeline")["PipelineExecutionSummaries"][0]["PipelineExecutionStatus"],
    "endpoint": sm.describe_endpoint(EndpointName="credit-risk-endpoint")["EndpointStatus"],
    "alarms": len(boto3.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])["CompositeAlarms"]),
    "points": len(boto3.client("cloudwatch").list_metrics(Namespace="AWS/SageMaker")["Metrics"]) > 0,
    "objects": boto3.client("s3").list_objects_v2(Bucket=[b["Name"] for b in boto3.client("s3").list_buckets()["Buckets"] if "artifacts" in b["Name"]][0])["KeyCount"] > 10,
}))`;
    const { code, out, err } = await execute(python, ['-c', script], env);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual({
      execution: 'Succeeded',
      endpoint: 'InService',
      alarms: 1,
      points: true,
      objects: true,
    });
  }, 60_000);

  test('cdk destroy takes the stacks of the use case away', async () => {
    const ended = await cdk('destroy', 'Mooring-CreditRisk-*', '--force');
    expect(ended.code).toBe(0);
    const { Stacks } = await call<{ Stacks: { StackName: string }[] }>('cloudformation', 'describe-stacks');
    expect(Stacks.map((each) => each.StackName).filter((name) => name.startsWith('Mooring-CreditRisk'))).toEqual([]);
  }, 180_000);
});
