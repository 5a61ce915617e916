import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand, type InvokeEndpointAsyncOutput } from '@aws-sdk/client-sagemaker-runtime';
import { prefixes, resourceNames } from '../../../contracts/names';
import { root } from '../../support/app';
import { DeployedUseCase } from '../../support/deployed/deployed-use-case';
import { scoreOf } from '../../support/deployed/models';

describe('an asynchronous endpoint', () => {
  let deployed: DeployedUseCase;

  beforeAll(async () => {
    deployed = await DeployedUseCase.open('parcel', [], join(root, 'test/support/trials'));
    await deployed.ship(1);
  }, 120_000);
  afterAll(() => deployed.close());

  /** One request with all that comes of it. */
  const send = async (name: string, body: string): Promise<InvokeEndpointAsyncOutput> => {
    const { dataBucket } = deployed.foundation;
    const key = `${prefixes.asyncInput('parcel')}/${name}`;
    await deployed.clients.s3.send(new PutObjectCommand({ Bucket: dataBucket, Key: key, Body: body }));
    const accepted = await deployed.clients.runtime.send(
      new InvokeEndpointAsyncCommand({
        EndpointName: resourceNames.endpoint('parcel'),
        InputLocation: `s3://${dataBucket}/${key}`,
        ContentType: 'text/csv',
        Accept: 'text/csv',
      }),
    );
    await deployed.settled();
    return accepted;
  };

  const read = async (uri = ''): Promise<string> => {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
    const { Body } = await deployed.clients.s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  };

  const answerOf = (version: number): string => {
    const score = scoreOf(version, 10, 20);
    return `${Number(score > 0.5)},${score}`;
  };

  const texts = (): string =>
    deployed
      .inbox()
      .map((each) => `${each.subject}\n${each.body}`)
      .join('\n');

  test('is in service after a smoke test through S3', async () => {
    expect(deployed.failures()).toEqual([]);
    const endpoint = await deployed.endpoint();
    expect(endpoint).toMatchObject({ status: 'InService', config: expect.stringMatching(/-v1-/) as string });
    const config = await deployed.clients.sagemaker.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint?.config }),
    );
    expect(config.DataCaptureConfig).toBeUndefined();
    expect(config.AsyncInferenceConfig).toMatchObject({
      ClientConfig: { MaxConcurrentInvocationsPerInstance: 2 },
      OutputConfig: { S3OutputPath: `s3://${deployed.foundation.dataBucket}/parcel/async/production/output` },
    });
    expect(texts()).toMatch(/Smoke test: passed, two recorded rows got .*, a bad row was refused/);
  });

  test('takes requests from S3 and answers into it', async () => {
    expect(await read((await send('row.csv', '10,20')).OutputLocation)).toBe(answerOf(1));
  });

  test('puts failures where they are looked for, and tells them', async () => {
    const { FailureLocation } = await send('bad.csv', '10,20,30');
    expect(FailureLocation).toContain('/parcel/async/production/failures/');
    expect(await read(FailureLocation)).toContain('a row has 3 columns');
    expect(texts()).toContain(`${prefixes.asyncInput('parcel')}/bad.csv`);
    expect(texts()).not.toContain('"invocationStatus":"Completed"');
  });

  test('refuses to be waited for', async () => {
    expect(await deployed.ask(1)).toEqual({ failed: 1 });
  });

  test('another version takes over after its canary', async () => {
    await deployed.ship(2);
    expect((await deployed.endpoint())?.config).toMatch(/-v2-/);
    expect(await read((await send('again.csv', '10,20')).OutputLocation)).toBe(answerOf(2));
    expect(deployed.failures()).toEqual([]);
  });

  test('a version that answers wrongly goes back, found by what lies in S3', async () => {
    await deployed.ship(3, 'constant');
    expect((await deployed.endpoint())?.config).toMatch(/-v2-/);
    expect(texts()).toContain('two different rows got the same answer');
    expect(await read((await send('after.csv', '10,20')).OutputLocation)).toBe(answerOf(2));
  });
});
