import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribePipelineCommand, ListTagsCommand } from '@aws-sdk/client-sagemaker';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientConfig } from '../../support/clients';
import { bucket, Laptop, processing, sklearnImage } from '../../support/laptop';
import { createModel, endpointOf, invoke, script } from '../../support/serving';

describe('a stack with SageMaker resources', () => {
  let laptop: Laptop;
  let cloudformation: CloudFormationClient;

  const definition = (text: string): string =>
    JSON.stringify({
      Version: '2020-12-01',
      Parameters: [],
      Steps: [{ Name: 'Note', Type: 'Processing', Arguments: processing(laptop, 'note.py', {}, [text]) }],
    });
  const template = (model: string, text: string): string =>
    JSON.stringify({
      Resources: {
        Group: { Type: 'AWS::SageMaker::ModelPackageGroup', Properties: { ModelPackageGroupName: 'stacked' } },
        Pipeline: {
          Type: 'AWS::SageMaker::Pipeline',
          Properties: {
            PipelineName: 'stacked',
            RoleArn: laptop.roleArn,
            PipelineDefinition: { PipelineDefinitionBody: definition(text) },
            Tags: [{ Key: 'owner', Value: 'us' }],
          },
        },
        Remote: {
          Type: 'AWS::SageMaker::Pipeline',
          Properties: {
            PipelineName: 'remote',
            RoleArn: laptop.roleArn,
            PipelineDefinition: { PipelineDefinitionS3Location: { Bucket: bucket, Key: 'definition.json' } },
          },
        },
        Model: {
          Type: 'AWS::SageMaker::Model',
          Properties: {
            ModelName: model,
            ExecutionRoleArn: laptop.roleArn,
            PrimaryContainer: {
              Image: sklearnImage,
              ModelDataUrl: `s3://${bucket}/models/${model}.tar.gz`,
              Environment: { SAGEMAKER_PROGRAM: 'inference.py' },
            },
          },
        },
        Config: {
          Type: 'AWS::SageMaker::EndpointConfig',
          // CloudFormation spells numbers as text as often as not.
          Properties: {
            EndpointConfigName: `${model}-config`,
            ProductionVariants: [
              {
                VariantName: 'AllTraffic',
                ModelName: { 'Fn::GetAtt': ['Model', 'ModelName'] },
                InstanceType: 'ml.m5.large',
                InitialInstanceCount: '1',
                InitialVariantWeight: '1.0',
              },
            ],
          },
        },
        Endpoint: {
          Type: 'AWS::SageMaker::Endpoint',
          Properties: {
            EndpointName: 'stacked',
            EndpointConfigName: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] },
          },
        },
      },
      Outputs: {
        Group: { Value: { Ref: 'Group' } },
        Pipeline: { Value: { Ref: 'Pipeline' } },
        Endpoint: { Value: { Ref: 'Endpoint' } },
      },
    });
  async function settled(): Promise<{ readonly status: string; readonly outputs: Readonly<Record<string, string>> }> {
    for (;;) {
      const { Stacks: [stack] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: 'stacked' }));
      const status = stack?.StackStatus ?? '';
      if (!status.endsWith('IN_PROGRESS'))
        return {
          status,
          outputs: Object.fromEntries((stack?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue])),
        };
      await sleep(50);
    }
  }
  const reasons = async (): Promise<string> =>
    ((await cloudformation.send(new DescribeStackEventsCommand({ StackName: 'stacked' }))).StackEvents ?? [])
      .map((each) => each.ResourceStatusReason ?? '')
      .join('\n');

  beforeAll(async () => {
    laptop = await Laptop.start();
    cloudformation = new CloudFormationClient(clientConfig(laptop.account));
    await laptop.put('definition.json', definition('remote'));
    for (const name of ['first', 'second'])
      await laptop.putTar(`models/${name}.tar.gz`, { 'name.txt': name, 'code/inference.py': script });
  });
  afterAll(() => laptop.stop());

  test('is created: references are what CloudFormation gives, and the endpoint serves', async () => {
    await cloudformation.send(new CreateStackCommand({ StackName: 'stacked', TemplateBody: template('first', 'one') }));
    const { status, outputs } = await settled();
    expect(await reasons()).not.toContain('fail');
    expect(status).toBe('CREATE_COMPLETE');
    expect(outputs).toEqual({
      Group: 'arn:aws:sagemaker:us-east-1:000000000000:model-package-group/stacked',
      Pipeline: 'stacked',
      Endpoint: 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/stacked',
    });
    expect((await invoke(laptop, 'stacked', 'abc')).text).toBe('first,3');
    const remote = await laptop.sagemaker.send(new DescribePipelineCommand({ PipelineName: 'remote' }));
    expect(remote.PipelineDefinition).toBe(definition('remote'));
    const { Tags: tags } = await laptop.sagemaker.send(
      new ListTagsCommand({ ResourceArn: 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/stacked' }),
    );
    expect(tags).toContainEqual({ Key: 'owner', Value: 'us' });
  });

  test('is updated: a new version of the pipeline, a new model behind the same endpoint', async () => {
    await cloudformation.send(
      new UpdateStackCommand({ StackName: 'stacked', TemplateBody: template('second', 'two') }),
    );
    expect((await settled()).status).toBe('UPDATE_COMPLETE');
    expect((await endpointOf(laptop, 'stacked')).EndpointConfigName).toBe('second-config');
    expect((await invoke(laptop, 'stacked', 'abc')).text).toBe('second,3');
    expect(
      (await laptop.sagemaker.send(new DescribePipelineCommand({ PipelineName: 'stacked' }))).PipelineDefinition,
    ).toBe(definition('two'));
  });

  test('is refused for a pipeline that cannot run here, and is rolled back', async () => {
    const emr = JSON.parse(template('second', 'two')) as {
      Resources: Record<string, { Properties: { PipelineDefinition: unknown } }>;
    };
    (emr.Resources['Pipeline'] as { Properties: { PipelineDefinition: unknown } }).Properties.PipelineDefinition = {
      PipelineDefinitionBody: JSON.stringify({
        Version: '2020-12-01',
        Steps: [{ Name: 'Big', Type: 'EMR', Arguments: {} }],
      }),
    };
    await cloudformation.send(new UpdateStackCommand({ StackName: 'stacked', TemplateBody: JSON.stringify(emr) }));
    expect((await settled()).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await reasons()).toContain("does not support pipeline step type EMR (step 'Big')");
  });

  test('is deleted with everything it made', async () => {
    await cloudformation.send(new DeleteStackCommand({ StackName: 'stacked' }));
    for (let waited = 0; waited < 200; waited += 1) {
      const gone = await cloudformation.send(new DescribeStacksCommand({ StackName: 'stacked' })).then(
        (answer) => answer.Stacks?.[0]?.StackStatus === 'DELETE_COMPLETE',
        () => true,
      );
      if (gone) break;
      await sleep(50);
    }
    await expect(endpointOf(laptop, 'stacked')).rejects.toThrow('Could not find endpoint');
    await expect(laptop.sagemaker.send(new DescribePipelineCommand({ PipelineName: 'stacked' }))).rejects.toMatchObject(
      { name: 'ResourceNotFound' },
    );
  });

  test('models made by hand are not in its way', async () => {
    await createModel(laptop, 'first');
  });
});
