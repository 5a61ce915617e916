import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CreateProcessingJobCommand, DescribeProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { bucket, Laptop, output, processing } from '../local/sagemaker-support/laptop';

const root = resolve(__dirname, '../..');
const ready = existsSync(join(root, '.venvs/bench/bin/python'));
if (!ready) console.warn('skipped: pyspark is not installed (.venvs/bench)');

const image = `111122223333.dkr.ecr.us-east-1.amazonaws.com/mooring-monitor@sha256:${'a'.repeat(64)}`;
const script = `import sys
sys.path.insert(0, sys.argv[1])
from mooring_monitor.cli import main
sys.exit(main(sys.argv[2:]))
`;
const input = (name: string, uri: string): Record<string, unknown> => ({
  InputName: name,
  S3Input: {
    S3Uri: uri,
    LocalPath: `/opt/ml/processing/input/${name}`,
    S3DataType: 'S3Prefix',
    S3InputMode: 'File',
  },
});

(ready ? describe : describe.skip)("a job of the monitor's own image on a laptop", () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await Laptop.start();
    await laptop.put('code/run.py', script);
    await laptop.put('train/train.csv', `a,b\n${'1,x\n2,y\n'.repeat(500)}`);
  });
  afterAll(() => laptop.stop());

  test('counts on Spark, its two instances as one', async () => {
    const args = [
      '--engine',
      'spark',
      '--train',
      '/opt/ml/processing/input/train',
      '--output',
      '/opt/ml/processing/output',
    ];
    const request = {
      ...processing(laptop, 'run.py'),
      ProcessingJobName: 'baseline',
      AppSpecification: {
        ImageUri: image,
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/run.py'],
        ContainerArguments: [join(root, 'monitor'), 'profile', ...args],
      },
      ProcessingInputs: [input('code', `s3://${bucket}/code/run.py`), input('train', `s3://${bucket}/train`)],
      ProcessingOutputConfig: {
        Outputs: [output('baseline', '/opt/ml/processing/output/baseline', `s3://${bucket}/baseline`)],
      },
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 2, VolumeSizeInGB: 30 } },
    };
    await laptop.sagemaker.send(new CreateProcessingJobCommand(request as unknown as CreateProcessingJobCommandInput));
    await laptop.account.clock.settled();
    const job = await laptop.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: 'baseline' }));
    expect([job.FailureReason, job.ProcessingJobStatus]).toEqual([undefined, 'Completed']);
    const written = JSON.parse(await laptop.text('baseline/statistics.json')) as {
      readonly dataset: { readonly item_count: number };
    };
    expect(written.dataset.item_count).toBe(1_000);
  });
});
