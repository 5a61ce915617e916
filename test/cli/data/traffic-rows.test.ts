import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { parameterNames } from '../../../contracts/names';
import { useCaseSchema } from '@mooring/use-case/use-case';
import { clientsFor } from '../../../cli/shared/clients';
import type { Project } from '../../../cli/shared/project';
import { trafficRows } from '../../../cli/data/traffic';

const useCase = useCaseSchema.parse({
  name: 'loans',
  title: 'Loans',
  purpose: 'A test',
  task: 'binary',
  dataset: {
    label: 'paid',
    positive: 1,
    columns: [
      { name: 'sum', type: 'number' },
      { name: 'paid', type: 'integer' },
    ],
  },
  gates: { quality: { metric: 'auc', bound: 0.5 } },
});
const project: Project = { root: '/nowhere', state: '', work: '', assembly: '', python: '' } as Project;
const nowhere = { endpoint: 'http://127.0.0.1:1', keys: { accessKeyId: 'AKIA', secretAccessKey: 'none' } };
const options = { rows: 4, seed: 1, drift: false, concurrency: 1 };

const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

beforeEach(() => {
  s3.reset();
  ssm.reset();
  ssm.on(GetParametersCommand).resolves({
    Parameters: [parameterNames.dataBucket, parameterNames.artifactBucket, parameterNames.topic].map((Name) => ({
      Name,
      Value: 'artifacts',
    })),
  });
});

describe('traffic of a use case without a generator', () => {
  test('is drawn from the test rows of its newest run, the same for the same seed', async () => {
    s3.on(ListObjectsV2Command).resolves({
      Contents: [
        { Key: 'loans/executions/b/Preprocess/test/test.csv', LastModified: new Date(2) },
        { Key: 'loans/executions/a/Preprocess/test/test.csv', LastModified: new Date(1) },
        { Key: 'loans/executions/c/Evaluate/evaluation/evaluation.json', LastModified: new Date(3) },
      ],
    });
    s3.on(GetObjectCommand).resolves({
      Body: { transformToByteArray: () => Promise.resolve(Buffer.from('sum,paid\n10,1\n20,0\n')) } as never,
    });
    const rows = await trafficRows(project, clientsFor(nowhere), useCase, options);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => `${row.sum} ${row.paid}`))).toEqual(new Set(['10 1', '20 0']));
    expect(await trafficRows(project, clientsFor(nowhere), useCase, options)).toEqual(rows);
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input.Key).toBe('loans/executions/b/Preprocess/test/test.csv');
  });

  test('is refused before the first run', async () => {
    s3.on(ListObjectsV2Command).resolves({});
    await expect(trafficRows(project, clientsFor(nowhere), useCase, options)).rejects.toThrow(
      'loans has no generator and has not been run yet',
    );
  });
});
