import { CreateModelPackageCommand, CreateModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { bucket, Laptop, output, sklearnImage } from '../../../../../support/laptop';
import { createModel } from '../../../../../support/serving';

const registry = '156813124566.dkr.ecr.us-east-1.amazonaws.com';
const analyzer = `${registry}/sagemaker-model-monitor-analyzer`;
const clarify = '205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0';

/** 200 loans; `shift` moves the incomes, `harsh` lets more of the loans of group 1 fail. */
function loans({ shift = 0, harsh = 0 } = {}): string {
  const rows = Array.from({ length: 200 }, (_, index) => {
    const group = index % 2;
    const income = 20 + ((index * 37) % 80) + shift;
    const repaid = income - shift > 60 - 20 * (1 - group) + harsh * group ? 1 : 0;
    const score = Math.min(0.99, Math.max(0.01, (income - shift) / 100));
    return [income, group, repaid, score > 0.5 ? 1 : 0, score].join(',');
  });
  return `income,group,repaid,prediction,score\n${rows.join('\n')}\n`;
}

/** Answers `label,score` by the income. */
const model = `def model_fn(model_dir):
    return None
def input_fn(body, content_type):
    return [[float(cell) for cell in line.split(",")] for line in body.strip().split("\\n")]
def predict_fn(rows, model):
    return [min(0.99, max(0.01, row[0] / 100)) for row in rows]
def output_fn(scores, accept):
    return "\\n".join(f"{int(score > 0.5)},{score}" for score in scores), "text/csv"
`;

const input = (name: string, uri: unknown, folder: string): unknown => ({
  InputName: name,
  S3Input: { S3Uri: uri, LocalPath: `/opt/ml/processing/input/${folder}`, S3DataType: 'S3Prefix', S3InputMode: 'File' },
});

describe('check steps', () => {
  let laptop: Laptop;
  const job = (image: string, inputs: readonly unknown[], target: string, environment: object = {}): object => ({
    RoleArn: laptop.roleArn,
    AppSpecification: { ImageUri: image },
    Environment: environment,
    ProcessingInputs: inputs,
    ProcessingOutputConfig: {
      Outputs: [output('result', '/opt/ml/processing/output', `s3://${bucket}/${target}`)],
    },
    ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 20 } },
  });
  const quality = (Name: string, CheckType: string, more: object, environment: object = {}): object => ({
    Name,
    Type: 'QualityCheck',
    CheckType,
    Arguments: job(analyzer, [input('data', { Get: 'Parameters.Data' }, 'data')], `${Name}-out`, {
      output_path: '/opt/ml/processing/output',
      dataset_source: '/opt/ml/processing/input/data',
      dataset_format: '{"csv": {"header": true}}',
      publish_cloudwatch_metrics: 'Disabled',
      ...environment,
    }),
    ...more,
  });
  const clarifyCheck = (Name: string, CheckType: string, more: object): object => ({
    Name,
    Type: 'ClarifyCheck',
    CheckType,
    Arguments: job(
      clarify,
      [
        input('analysis_config', `s3://${bucket}/config/${CheckType}/analysis_config.json`, 'config'),
        input('dataset', { Get: 'Parameters.Data' }, 'data'),
      ],
      `${Name}-out`,
    ),
    ...more,
  });
  const modelQuality = {
    analysis_type: 'MODEL_QUALITY',
    problem_type: 'BinaryClassification',
    ground_truth_attribute: 'repaid',
    inference_attribute: 'prediction',
    probability_attribute: 'score',
  };
  const parameters = [
    { Name: 'Data', Type: 'String', DefaultValue: `s3://${bucket}/loans/` },
    { Name: 'Skip', Type: 'Boolean', DefaultValue: false },
    { Name: 'Register', Type: 'Boolean', DefaultValue: false },
  ];
  const all = (more: object): object[] => [
    quality('Data', 'DATA_QUALITY', more),
    quality('Quality', 'MODEL_QUALITY', more, modelQuality),
    clarifyCheck('DataBias', 'DATA_BIAS', more),
    clarifyCheck('ModelBias', 'MODEL_BIAS', { ...more, ModelName: 'by-income' }),
    clarifyCheck('Explain', 'MODEL_EXPLAINABILITY', { ...more, ModelName: 'by-income' }),
  ];

  beforeAll(async () => {
    laptop = await Laptop.start();
    await laptop.put('loans/loans.csv', loans());
    await laptop.put('shifted/loans.csv', loans({ shift: 50 }));
    await laptop.put('harsh/loans.csv', loans({ harsh: 30 }));
    await createModel(laptop, 'by-income', model);
    const common = {
      dataset_type: 'text/csv',
      label: 'repaid',
      label_values_or_threshold: [1],
      facet: [{ name_or_index: 'group', value_or_threshold: [1] }],
      excluded_columns: ['prediction', 'score'],
      predictor: { accept_type: 'text/csv', content_type: 'text/csv', instance_type: 'ml.m5.large' },
    };
    const methods = {
      DATA_BIAS: { pre_training_bias: { methods: ['DPL', 'CI'] } },
      MODEL_BIAS: { post_training_bias: { methods: ['DPPL', 'RD'] } },
      MODEL_EXPLAINABILITY: { shap: { num_samples: 10, baseline: [[50, 0]] } },
    };
    for (const [type, chosen] of Object.entries(methods))
      await laptop.put(`config/${type}/analysis_config.json`, JSON.stringify({ ...common, methods: chosen }));
    await laptop.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'loans' }));
    await laptop.pipeline(
      'checks',
      all({
        SkipCheck: { Get: 'Parameters.Skip' },
        RegisterNewBaseline: { Get: 'Parameters.Register' },
        ModelPackageGroupName: 'loans',
        FailOnViolation: true,
      }),
      parameters,
    );
  });
  afterAll(() => laptop.stop());

  test('need a previous baseline, and say how a first execution does without', async () => {
    const { PipelineExecutionStatus: status, steps } = await laptop.run('checks');
    expect(status).toBe('Failed');
    expect(
      Object.values(steps)
        .map((each) => each.FailureReason)
        .sort()[0],
    ).toMatch(
      /no previous baseline for [A-Z_]+: none is supplied and the latest approved version of 'loans' has none; for a first execution set SkipCheck and RegisterNewBaseline to true/,
    );
  });

  test('calculate all five baselines in a first execution and hand them on', async () => {
    const { PipelineExecutionStatus: status, steps } = await laptop.run('checks', { Skip: 'true', Register: 'true' });
    expect(Object.values(steps).map((each) => each.FailureReason ?? 'fine')).toEqual(Array(5).fill('fine'));
    expect(status).toBe('Succeeded');
    expect(steps['Data']?.Metadata?.QualityCheck).toMatchObject({
      CheckType: 'DATA_QUALITY',
      SkipCheck: true,
      RegisterNewBaseline: true,
      CalculatedBaselineStatistics: `s3://${bucket}/Data-out/statistics.json`,
      BaselineUsedForDriftCheckConstraints: `s3://${bucket}/Data-out/constraints.json`,
      CheckJobArn: expect.stringContaining(':processing-job/pipelines-') as string,
    });
    expect(steps['Explain']?.Metadata?.ClarifyCheck).toMatchObject({
      CalculatedBaselineConstraints: `s3://${bucket}/Explain-out/analysis.json`,
    });
    const read = async (key: string): Promise<Record<string, never>> =>
      JSON.parse(await laptop.text(`s3://${bucket}/${key}`)) as Record<string, never>;
    expect(await read('Quality-out/statistics.json')).toMatchObject({
      binary_classification_metrics: { accuracy: { value: expect.any(Number) as number } },
    });
    expect(await read('DataBias-out/analysis.json')).toMatchObject({
      pre_training_bias_metrics: { facets: { group: [{ metrics: [{ name: 'CI' }, { name: 'DPL' }] }] } },
    });
    // A model that asks for the income only: group has no share in its answers.
    expect(await read('Explain-out/analysis.json')).toMatchObject({
      explanations: { kernel_shap: { label0: { global_shap_values: { group: expect.closeTo(0, 9) as number } } } },
    });
    expect(await read('ModelBias-out/analysis.json')).toHaveProperty('post_training_bias_metrics');
  });

  test('compare with the baseline of the latest approved version, and find nothing in the same data', async () => {
    const json = (file: string): object => ({ ContentType: 'application/json', S3Uri: `s3://${bucket}/${file}` });
    await laptop.sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: 'loans',
        ModelApprovalStatus: 'Approved',
        InferenceSpecification: {
          Containers: [{ Image: sklearnImage, ModelDataUrl: `s3://${bucket}/models/by-income.tar.gz` }],
          SupportedContentTypes: ['text/csv'],
          SupportedResponseMIMETypes: ['text/csv'],
        },
        DriftCheckBaselines: {
          ModelDataQuality: { Statistics: json('base/statistics.json'), Constraints: json('base/constraints.json') },
          ModelQuality: { Statistics: json('base/q.json'), Constraints: json('base/quality.json') },
          Bias: { PreTrainingConstraints: json('base/pre.json'), PostTrainingConstraints: json('base/post.json') },
          Explainability: { Constraints: json('base/explain.json') },
        } as never,
      }),
    );
    const copies = {
      'statistics.json': 'Data-out/statistics.json',
      'constraints.json': 'Data-out/constraints.json',
      'q.json': 'Quality-out/statistics.json',
      'quality.json': 'Quality-out/constraints.json',
      'pre.json': 'DataBias-out/analysis.json',
      'post.json': 'ModelBias-out/analysis.json',
      'explain.json': 'Explain-out/analysis.json',
    };
    for (const [name, from] of Object.entries(copies))
      await laptop.put(`base/${name}`, await laptop.text(`s3://${bucket}/${from}`));
    const { PipelineExecutionStatus: status, steps } = await laptop.run('checks');
    expect(Object.values(steps).map((each) => each.FailureReason ?? 'fine')).toEqual(Array(5).fill('fine'));
    expect(status).toBe('Succeeded');
    expect(steps['Data']?.Metadata?.QualityCheck).toMatchObject({
      CalculatedBaselineConstraints: `s3://${bucket}/Data-out/constraints.json`,
      BaselineUsedForDriftCheckConstraints: `s3://${bucket}/base/constraints.json`,
    });
    expect(steps['Data']?.Metadata?.QualityCheck).not.toHaveProperty('ViolationReport');
  });

  test('fail with the violations they find, and name the report', async () => {
    const { steps } = await laptop.run('checks', { Data: `s3://${bucket}/shifted/` });
    const failed = steps['Data'];
    expect(failed?.StepStatus).toBe('Failed');
    expect(failed?.FailureReason).toMatch(
      /^ClientError: the check found \d+ violations of the baseline, see s3:\/\/laptop-bucket\/Data-out\/constraint_violations\.json: income: /,
    );
    const { steps: harsh } = await laptop.run('checks', { Data: `s3://${bucket}/harsh/` });
    expect(harsh['DataBias']?.FailureReason ?? harsh['Quality']?.FailureReason).toMatch(/violations of the baseline/);
  });

  test('go on when violations are only to be reported', async () => {
    await laptop.pipeline(
      'lenient',
      [
        quality('Data', 'DATA_QUALITY', { FailOnViolation: false, ModelPackageGroupName: 'loans' }),
        {
          Name: 'Stop',
          Type: 'Fail',
          DependsOn: ['Data'],
          Arguments: { ErrorMessage: { Get: 'Steps.Data.ViolationReport' } },
        },
      ],
      parameters,
    );
    const { steps } = await laptop.run('lenient', { Data: `s3://${bucket}/shifted/` });
    expect(steps['Data']?.StepStatus).toBe('Succeeded');
    expect(steps['Stop']?.FailureReason).toBe(`s3://${bucket}/Data-out/constraint_violations.json`);
  });

  test('use a supplied baseline before that of the group', async () => {
    const supplied = {
      SuppliedBaselineStatistics: `s3://${bucket}/base/statistics.json`,
      SuppliedBaselineConstraints: `s3://${bucket}/base/constraints.json`,
    };
    await laptop.pipeline('supplied', [quality('Data', 'DATA_QUALITY', supplied)], parameters);
    expect((await laptop.run('supplied')).PipelineExecutionStatus).toBe('Succeeded');
    expect((await laptop.run('supplied', { Data: `s3://${bucket}/shifted/` })).PipelineExecutionStatus).toBe('Failed');
  });

  test.each([
    [
      'a script before the analysis',
      { record_preprocessor_script: '/x.py' },
      'record_preprocessor_script of a check step',
    ],
    ['data in JSON', { dataset_format: '{"json": {"line": true}}' }, 'dataset_format {"json"'],
  ])('refuse %s before anything starts', async (_what, environment, message) => {
    await expect(
      laptop.pipeline('refused', [quality('Data', 'DATA_QUALITY', {}, environment)], parameters),
    ).rejects.toThrow(message);
  });

  test('are distinguished by type and image', async () => {
    await expect(
      laptop.pipeline('wrong', [{ ...quality('Data', 'DATA_BIAS', {}), Type: 'QualityCheck' }], parameters),
    ).rejects.toThrow('CheckType "DATA_BIAS" is not one of DATA_QUALITY, MODEL_QUALITY');
    await expect(
      laptop.pipeline('wrong', [{ ...quality('Data', 'DATA_BIAS', {}), Type: 'ClarifyCheck' }], parameters),
    ).rejects.toThrow('a ClarifyCheck step runs the image sagemaker-clarify-processing');
  });
});
