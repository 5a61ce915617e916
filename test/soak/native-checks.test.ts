import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeModelPackageCommand,
  ListEndpointsCommand,
  ListModelPackagesCommand,
  ListPipelineExecutionStepsCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { prefixes, resourceNames, stackNames } from '../../contracts/names';
import { Account } from '@mooring/local-account';
import { deploy } from '../../cli/account/cdk';
import { clientsFor, type Clients } from '../../cli/shared/clients';
import { followExecution, startExecution } from '../../cli/shared/execution';
import { readFoundation } from '../../cli/shared/foundation';
import { root, testApp } from '../support/app';
import { nativeUseCase } from '../support/native-use-case';
import { seeded } from '@mooring/local-account/test/support/seeded';

/** Loans that are the better repaid the higher the income; `shift` moves all incomes. */
function rows(count: number, shift: number): string {
  const next = seeded(7);
  const lines = Array.from({ length: count }, () => {
    const income = next() * 900 + 100;
    const [sex, car, annuity] = [next() < 0.5 ? 'F' : 'M', next() < 0.5 ? 'yes' : 'no', next() * 50];
    const paidBack = income + next() * 300 > 600 ? 1 : 0;
    return [sex, car, annuity.toFixed(2), (income + shift).toFixed(2), paidBack].join(',');
  });
  return `sex,owns_car,annuity,income,paid_back\n${lines.join('\n')}\n`;
}

describe('the standard pipeline with engine model-monitor, in the local account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-native-'));
  const state = join(folder, 'account');
  const account = new Account({ folder: state, python: join(root, '.venv/bin/python'), env: process.env });
  let clients: Clients;

  const put = async (shift: number): Promise<void> => {
    const { dataBucket } = await readFoundation(clients);
    const Key = `${prefixes.raw('loans')}/loans.csv`;
    await clients.s3.send(new PutObjectCommand({ Bucket: dataBucket, Key, Body: rows(800, shift) }));
  };

  beforeAll(async () => {
    process.env['CDK_VALIDATION'] = 'false';
    const assembly = join(folder, 'cdk.out');
    testApp([nativeUseCase()], assembly).synth();
    await account.start();
    const { connection } = account;
    const stacks = [stackNames.foundation, stackNames.training('loans')];
    await deploy({ root, work: folder, state, assembly, python: '' }, connection, stacks);
    clients = clientsFor(connection);
    await put(0);
  }, 300_000);
  afterAll(async () => {
    await account.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs all five checks and registers their baselines; the endpoints that Clarify asked are gone', async () => {
    const arn = await startExecution(clients, 'loans', {}, '1'.repeat(40));
    const { status, reason } = await followExecution(clients, arn);
    expect([status, reason]).toEqual(['Succeeded', undefined]);
    const { ModelPackageSummaryList: [latest] = [] } = await clients.sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: resourceNames.packageGroup('loans') }),
    );
    const version = await clients.sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: latest?.ModelPackageArn }),
    );
    const below = (step: string, file: string): unknown => ({
      ContentType: 'application/json',
      S3Uri: expect.stringMatching(`^s3://.*/loans/executions/[^/]+/${step}/${file}$`) as string,
    });
    expect(version.DriftCheckBaselines).toEqual({
      ModelDataQuality: {
        Statistics: below('DataQuality', 'statistics.json'),
        Constraints: below('DataQuality', 'constraints.json'),
      },
      ModelQuality: {
        Statistics: below('ModelQuality', 'statistics.json'),
        Constraints: below('ModelQuality', 'constraints.json'),
      },
      Bias: {
        PreTrainingConstraints: below('DataBias', 'analysis.json'),
        PostTrainingConstraints: below('ModelBias', 'analysis.json'),
      },
      Explainability: { Constraints: below('Explain', 'analysis.json') },
    });
    const { Endpoints } = await clients.sagemaker.send(new ListEndpointsCommand({}));
    expect(Endpoints).toEqual([]);
    await clients.sagemaker.send(
      new UpdateModelPackageCommand({ ModelPackageArn: latest?.ModelPackageArn, ModelApprovalStatus: 'Approved' }),
    );
  }, 300_000);

  test('compares with the approved version when it is asked to, and fails on data that moved', async () => {
    await put(5_000);
    const arn = await startExecution(clients, 'loans', { SkipCheck: 'false' }, '2'.repeat(40));
    const { status } = await followExecution(clients, arn);
    expect(status).toBe('Failed');
    const { PipelineExecutionSteps: steps = [] } = await clients.sagemaker.send(
      new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn }),
    );
    const failed = steps.find((each) => each.StepName === 'DataQuality');
    expect(failed?.FailureReason).toMatch(/the check found \d+ violations of the baseline/);
  }, 300_000);
});
