// The twins of tools/goldens/checks.py.
import {
  BooleanParameter,
  ClarifyCheckStep,
  type Expression,
  type Pipeline,
  type ProcessingArguments,
  type QualityCheckOptions,
  QualityCheckStep,
} from '../../src';
import { ROLE, model, pipeline, prepare, register, s3, train } from './parts';

type Text = string | Expression<string>;

/** The processing job of a check, as CheckJobConfig makes it. */
function job(
  image: string,
  inputs: readonly [string, Text, string][],
  output: readonly [string, string],
): ProcessingArguments {
  return {
    RoleArn: ROLE,
    AppSpecification: { ImageUri: image },
    ProcessingInputs: inputs.map(([InputName, S3Uri, folder]) => ({
      InputName,
      S3Input: { S3Uri, LocalPath: `/opt/ml/processing/input/${folder}`, S3DataType: 'S3Prefix', S3InputMode: 'File' },
    })),
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: output[0],
          S3Output: { S3Uri: output[1], LocalPath: '/opt/ml/processing/output', S3UploadMode: 'EndOfJob' },
        },
      ],
    },
    ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 20 } },
    StoppingCondition: { MaxRuntimeInSeconds: 1800 },
  };
}

function qualityJob(
  data: Text,
  target: string,
  header: boolean,
  more: Record<string, string> = {},
): QualityCheckOptions['arguments'] {
  const input = 'baseline_dataset_input';
  const image = '468650794304.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-model-monitor-analyzer';
  return {
    ...job(image, [[input, data, input]], ['quality_check_output', target]),
    Environment: {
      output_path: '/opt/ml/processing/output',
      publish_cloudwatch_metrics: 'Disabled',
      dataset_format: `{"csv": {"header": ${header}, "output_columns_position": "START"}}`,
      dataset_source: `/opt/ml/processing/input/${input}`,
      ...more,
    },
  };
}

const json = (uri: Text) => ({ ContentType: 'application/json', S3Uri: uri });

export function qualityChecks(name: string): Pipeline {
  const skip = new BooleanParameter('SkipCheck', { default: false });
  const prepared = prepare(name);
  const data = new QualityCheckStep('DataQuality', {
    checkType: 'DATA_QUALITY',
    arguments: qualityJob(prepared.output('train'), s3(`${name}/data-quality`), false),
    skipCheck: skip,
    failOnViolation: false,
    registerNewBaseline: true,
    modelPackageGroupName: 'goldens',
    cache: { expireAfter: 'P1d' },
  });
  const quality = new QualityCheckStep('ModelQuality', {
    checkType: 'MODEL_QUALITY',
    arguments: qualityJob(s3(`${name}/predictions.csv`), s3(`${name}/model-quality`), true, {
      analysis_type: 'MODEL_QUALITY',
      problem_type: 'BinaryClassification',
      inference_attribute: 'prediction',
      ground_truth_attribute: 'label',
    }),
    suppliedBaselineStatistics: s3('baseline/statistics.json'),
    suppliedBaselineConstraints: s3('baseline/constraints.json'),
  });
  const trained = train(name, prepared.output('train'));
  const calculated = ({ properties }: QualityCheckStep) => ({
    Statistics: json(properties.CalculatedBaselineStatistics),
    Constraints: json(properties.CalculatedBaselineConstraints),
  });
  const used = ({ properties }: QualityCheckStep) => ({
    Statistics: json(properties.BaselineUsedForDriftCheckStatistics),
    Constraints: json(properties.BaselineUsedForDriftCheckConstraints),
  });
  const version = register(trained.artifact, {
    ModelMetrics: {
      ModelQuality: calculated(quality),
      ModelDataQuality: calculated(data),
      Bias: { Report: json(s3('bias/analysis.json')) },
      Explainability: { Report: json(s3('explain/analysis.json')) },
    },
    DriftCheckBaselines: {
      ModelQuality: used(quality),
      ModelDataQuality: used(data),
      Bias: { ConfigFile: json(s3('bias/config.json')) },
    },
    CustomerMetadataProperties: { commit: '0123abc' },
    MetadataProperties: { CommitId: '0123abc', ProjectId: 'goldens' },
  });
  return pipeline(name, [prepared, data, quality, trained, version], { parameters: [skip], monitoring: true });
}

export function clarifyChecks(name: string): Pipeline {
  const prepared = prepare(name);
  const trained = train(name, prepared.output('train'));
  const made = model(trained.artifact);
  const analysis = (kind: string): ProcessingArguments =>
    job(
      '131013547314.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0',
      [
        ['analysis_config', s3(`${name}/${kind}-config/analysis_config.json`), 'config'],
        ['dataset', prepared.output('train'), 'data'],
      ],
      ['analysis_result', s3(`${name}/${kind}`)],
    );
  const dataBias = new ClarifyCheckStep('DataBias', {
    checkType: 'DATA_BIAS',
    arguments: analysis('data-bias'),
    skipCheck: true,
    registerNewBaseline: true,
    modelPackageGroupName: 'goldens',
  });
  const modelBias = new ClarifyCheckStep('ModelBias', {
    checkType: 'MODEL_BIAS',
    arguments: analysis('model-bias'),
    failOnViolation: false,
    modelName: made.modelName,
  });
  const explain = new ClarifyCheckStep('Explain', {
    checkType: 'MODEL_EXPLAINABILITY',
    arguments: analysis('explain'),
    suppliedBaselineConstraints: s3('explain/constraints.json'),
    modelName: made.modelName,
  });
  return pipeline(name, [prepared, trained, made, dataBias, modelBias, explain]);
}
