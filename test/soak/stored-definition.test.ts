import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribePipelineCommand } from '@aws-sdk/client-sagemaker';
import { resourceNames, stackNames } from '../../contracts/names';
import { Account } from '@mooring/local-account';
import { deploy } from '../../cli/account/cdk';
import { clientsFor } from '../../cli/shared/clients';
import { followExecution, startExecution } from '../../cli/shared/execution';
import { readFoundation } from '../../cli/shared/foundation';
import { root, testApp, wideUseCase } from '../support/app';

describe('a pipeline of more than 100 KiB, deployed by the CDK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-wide-'));
  const state = join(folder, 'account');
  const account = new Account({ folder: state, python: join(root, '.venv/bin/python'), env: process.env });
  afterAll(async () => {
    await account.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs to its end with the values of the deployment in it', async () => {
    process.env['CDK_VALIDATION'] = 'false';
    const assembly = join(folder, 'cdk.out');
    testApp(wideUseCase(), assembly).synth();
    await account.start();
    const { connection } = account;
    const stacks = [stackNames.foundation, stackNames.training('wide')];
    await deploy({ root, work: folder, state, assembly, python: '' }, connection, stacks);

    const clients = clientsFor(connection);
    const { artifactBucket } = await readFoundation(clients);
    const { PipelineDefinition = '' } = await clients.sagemaker.send(
      new DescribePipelineCommand({ PipelineName: resourceNames.pipeline('wide') }),
    );
    expect(PipelineDefinition.length).toBeGreaterThan(100 * 1024);
    expect(PipelineDefinition).not.toContain('<<deploy-time');

    const arn = await startExecution(clients, 'wide', {}, '0'.repeat(40));
    const { status, steps } = await followExecution(clients, arn);
    expect([status, steps.length]).toEqual(['Succeeded', 41]);
    const note = await clients.s3.send(
      new GetObjectCommand({ Bucket: artifactBucket, Key: 'wide/executions/note/note.txt' }),
    );
    expect(await note.Body?.transformToString()).toBe(`word-1-1 in ${artifactBucket}`);
  });
});
