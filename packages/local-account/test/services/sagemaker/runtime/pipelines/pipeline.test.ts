import { bucket, Laptop, output, processing, xgboostImage } from '../../../../support/laptop';

const evaluate = `import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
(folder / "evaluation.json").write_text(json.dumps({"metrics": {"auc": {"value": float(sys.argv[2])}}}))
print("evaluated", sys.argv[2])
`;
const train = `import argparse, json, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int)
options = parser.parse_args()
rows = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv").read_text().splitlines()
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps({"rows": len(rows), "depth": options.depth}))
print("validation-auc: 0.75")
`;

const parameters = [
  { Name: 'Auc', Type: 'String', DefaultValue: '0.9' },
  { Name: 'MinAuc', Type: 'Float', DefaultValue: 0.8 },
];

const steps = (laptop: Laptop): unknown[] => [
  {
    Name: 'Train',
    Type: 'Training',
    Arguments: {
      AlgorithmSpecification: {
        TrainingImage: xgboostImage,
        TrainingInputMode: 'File',
      },
      RoleArn: laptop.roleArn,
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 300 },
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri: `s3://${bucket}/data`,
              S3DataDistributionType: 'FullyReplicated',
            },
          },
        },
      ],
      HyperParameters: {
        depth: '3',
        sagemaker_program: 'train.py',
        sagemaker_submit_directory: `s3://${bucket}/code/sourcedir.tar.gz`,
      },
    },
  },
  {
    Name: 'Evaluate',
    Type: 'Processing',
    DependsOn: ['Train'],
    Arguments: processing(
      laptop,
      'evaluate.py',
      {
        ProcessingOutputConfig: {
          Outputs: [
            output('evaluation', '/opt/ml/processing/output/evaluation', {
              'Std:Join': {
                On: '/',
                Values: [`s3://${bucket}`, 'runs', { Get: 'Execution.PipelineExecutionId' }, 'evaluation'],
              },
            }),
          ],
        },
      },
      ['/opt/ml/processing/output/evaluation', { Get: 'Parameters.Auc' }],
    ),
    PropertyFiles: [{ PropertyFileName: 'Evaluation', OutputName: 'evaluation', FilePath: 'evaluation.json' }],
  },
  {
    Name: 'QualityGate',
    Type: 'Condition',
    Arguments: {
      Conditions: [
        {
          Type: 'GreaterThanOrEqualTo',
          LeftValue: {
            'Std:JsonGet': {
              PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Evaluation' },
              Path: 'metrics.auc.value',
            },
          },
          RightValue: { Get: 'Parameters.MinAuc' },
        },
      ],
      IfSteps: [
        {
          Name: 'Register',
          Type: 'RegisterModel',
          Arguments: {
            ModelPackageGroupName: 'models',
            ModelApprovalStatus: 'PendingManualApproval',
            InferenceSpecification: {
              Containers: [
                { Image: xgboostImage, ModelDataUrl: { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' } },
              ],
              SupportedContentTypes: ['text/csv'],
              SupportedResponseMIMETypes: ['text/csv'],
            },
          },
        },
      ],
      ElseSteps: [
        {
          Name: 'Rejected',
          Type: 'Fail',
          Arguments: { ErrorMessage: { 'Std:Join': { On: ' ', Values: ['AUC below', { Get: 'Parameters.MinAuc' }] } } },
        },
      ],
    },
  },
];

describe('a pipeline that trains, evaluates and registers', () => {
  let laptop: Laptop;

  beforeAll(async () => {
    laptop = await Laptop.start();
    await laptop.put('code/evaluate.py', evaluate);
    await laptop.putTar('code/sourcedir.tar.gz', { 'train.py': train });
    await laptop.put('data/train.csv', 'a,b\n1,2\n3,4\n');
    await laptop.account.parts.call(
      'sagemaker',
      'CreateModelPackageGroup',
      { ModelPackageGroupName: 'models' },
      laptop.account.parts.iam.administrator,
    );
    await laptop.pipeline('standard', steps(laptop), parameters);
  });
  afterAll(() => laptop.stop());

  test('runs every step for real and registers the artefact', async () => {
    const execution = await laptop.run('standard');
    expect(execution.FailureReason).toBeUndefined();
    expect(execution.PipelineExecutionStatus).toBe('Succeeded');
    expect(Object.keys(execution.steps).sort()).toEqual(['Evaluate', 'QualityGate', 'Register', 'Train']);
    expect(execution.steps['QualityGate']?.Metadata?.Condition?.Outcome).toBe('True');
    const arn = execution.steps['Register']?.Metadata?.RegisterModel?.Arn ?? '';
    expect(arn).toBe('arn:aws:sagemaker:us-east-1:000000000000:model-package/models/1');
    const model = (await laptop.keys('models/')).find((key) => key.endsWith('/output/model.tar.gz'));
    expect(model).toBeDefined();
  });

  test('takes the other branch, whose Fail step says why', async () => {
    const execution = await laptop.run('standard', { Auc: '0.7' });
    expect(execution.PipelineExecutionStatus).toBe('Failed');
    expect(execution.steps['QualityGate']?.Metadata?.Condition?.Outcome).toBe('False');
    expect(execution.steps['Rejected']?.Metadata?.Fail?.ErrorMessage).toBe('AUC below 0.8');
    expect(execution.steps['Register']).toBeUndefined();
    expect(execution.FailureReason).toContain('AUC below 0.8');
  });
});
