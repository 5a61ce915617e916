import { rmSync } from 'node:fs';
import { configHash } from '../../../contracts/config-hash';
import { stackNames } from '../../../contracts/names';
import { Graph } from '@mooring/pipeline-language';
import { checkDefinition } from '@mooring/pipeline-language/check';
import { testUseCases } from '../../support/app';
import { definition, loans, prices, properties, resources, synthTemplates } from '../../support/templates';

const { template, outdir } = synthTemplates();
afterAll(() => rmSync(outdir, { recursive: true }));

const names = (stack: string): string[] => Graph.of(definition(template(stack))).nodes.map((node) => node.name);

interface Step {
  readonly Name: string;
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly Arguments: Readonly<Record<string, unknown>>;
}
const steps = (stack: string): readonly Step[] => definition(template(stack)).Steps as unknown as Step[];
const step = (stack: string, name: string): Step => {
  const found = steps(stack).find((each) => each.Name === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
};

describe('the pipeline of a use case with facets', () => {
  test('has every step of the standard pipeline', () => {
    expect(names(loans.training).sort()).toEqual([
      'DataBias',
      'DataQuality',
      'Evaluate',
      'Explain',
      'FairnessFailure',
      'FairnessGate',
      'ModelBias',
      'ModelQuality',
      'Preprocess',
      'QualityFailure',
      'QualityGate',
      'Register',
      'Train',
    ]);
  });

  test('waits for the fairness gate before it trains', () => {
    expect(step(loans.training, 'Train').DependsOn).toEqual(['FairnessGate']);
  });

  test('names metric, value and bound when a gate fails', () => {
    const [failure] = step(loans.training, 'FairnessGate').Arguments['ElseSteps'] as Step[];
    expect(failure?.Arguments['ErrorMessage']).toEqual({
      'Std:Join': {
        On: '',
        Values: [
          'The data is too biased to train on: |DPL| of sex is ',
          { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.DataBias.PropertyFiles.Gate' }, Path: 'absolute' } },
          ', allowed is at most ',
          { Get: 'Parameters.MaxBias' },
        ],
      },
    });
  });

  test('takes defaults of its parameters from the use case', () => {
    const defaults = Object.fromEntries(
      definition(template(loans.training)).Parameters.map((each) => [each.Name, each['DefaultValue']]),
    );
    expect(defaults).toMatchObject({
      MaxBias: 0.1,
      MaxModelBias: 0.2,
      MinQuality: 0.7,
      TrainingInstanceType: 'ml.m5.xlarge',
      ProcessingInstanceType: 'ml.m5.large',
      ApprovalStatus: 'PendingManualApproval',
      Trigger: 'manual',
      GitCommit: 'unknown',
    });
    expect(defaults['InputDataUri']).toBe('s3://data/loans/raw');
    expect(defaults['TrainingImage']).toBe('141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0');
  });
});

describe('the pipeline of a use case without facets', () => {
  test('leaves out what is about fairness', () => {
    expect(names(prices.training).sort()).toEqual([
      'DataQuality',
      'Evaluate',
      'ModelQuality',
      'Preprocess',
      'QualityFailure',
      'QualityGate',
      'Register',
      'Train',
    ]);
  });

  test('bounds an error from above, reads its data where the YAML says, and approves itself', () => {
    const { Parameters: parameters } = definition(template(prices.training));
    const defaults = Object.fromEntries(parameters.map((each) => [each.Name, each['DefaultValue']]));
    expect(defaults).toMatchObject({
      MaxError: 2.1,
      InputDataUri: 's3://somebody-elses-bucket/prices',
      ApprovalStatus: 'Approved',
    });
    expect(step(prices.training, 'QualityGate').Arguments['Conditions']).toMatchObject([
      { Type: 'LessThanOrEqualTo', RightValue: { Get: 'Parameters.MaxError' } },
    ]);
  });
});

describe.each([loans.training, prices.training])('the definition in %s', (stack) => {
  test('is accepted by the checker, with drift baselines demanded', () => {
    expect(checkDefinition(definition(template(stack)), { monitoring: true })).toEqual([]);
  });

  test('writes every output below the execution, encrypted, and lets no job reach the network', () => {
    const processing = steps(stack).filter((each) => each.Type === 'Processing');
    expect(processing.length).toBeGreaterThan(3);
    for (const { Name, Arguments } of processing) {
      const outputs = Arguments['ProcessingOutputConfig'] as {
        KmsKeyId: string;
        Outputs: { OutputName: string; S3Output: { S3Uri: { 'Std:Join': { Values: unknown[] } } } }[];
      };
      expect(outputs.KmsKeyId).toBe('arn:aws:kms:eu-west-1:111122223333:key/1');
      for (const { OutputName, S3Output } of outputs.Outputs) {
        expect(S3Output.S3Uri['Std:Join'].Values.slice(1)).toEqual([
          { Get: 'Execution.PipelineExecutionId' },
          Name,
          OutputName,
        ]);
      }
      expect(Arguments['NetworkConfig']).toEqual({ EnableNetworkIsolation: true });
    }
    expect(step(stack, 'Train').Arguments).toMatchObject({
      EnableNetworkIsolation: true,
      OutputDataConfig: { KmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1' },
    });
  });

  test('starts training and serving without anything from a package index', () => {
    const { AlgorithmSpecification, HyperParameters, Environment } = step(stack, 'Train').Arguments as {
      readonly AlgorithmSpecification: Readonly<Record<string, readonly unknown[]>>;
      readonly HyperParameters?: Readonly<Record<string, unknown>>;
      readonly Environment?: unknown;
    };
    const [python, bundle] = AlgorithmSpecification['ContainerEntrypoint'] ?? [];
    expect(python).toBe('python3');
    expect(bundle).toMatch(/^\/opt\/ml\/input\/data\/code\/[0-9a-f]{64}\.zip$/);
    expect(AlgorithmSpecification['ContainerArguments']?.[0]).toBe('train');
    // Script mode would install the bundle.
    expect(Object.keys(HyperParameters ?? {}).filter((each) => each.startsWith('sagemaker_'))).toEqual([]);
    expect(Environment).toBeUndefined();
    const [register] = step(stack, 'QualityGate').Arguments['IfSteps'] as Step[];
    expect(register?.Arguments['InferenceSpecification']).toMatchObject({
      Containers: [{ Environment: { PIP_NO_BUILD_ISOLATION: '0' } }],
    });
  });

  test('carries no key of the Debugger, which new accounts are refused', () => {
    const keys = [
      'DebugHookConfig',
      'DebugRuleConfigurations',
      'ProfilerConfig',
      'ProfilerRuleConfigurations',
      'TensorBoardOutputConfig',
    ];
    expect(Object.keys(step(stack, 'Train').Arguments).filter((key) => keys.includes(key))).toEqual([]);
  });

  test('registers the chain of evidence', () => {
    const [register] = step(stack, 'QualityGate').Arguments['IfSteps'] as Step[];
    const metadata = register?.Arguments['CustomerMetadataProperties'] as Readonly<Record<string, unknown>>;
    expect(Object.keys(metadata).sort()).toEqual([
      'config_hash',
      'data_hash',
      'evaluation_uri',
      'git_commit',
      'git_tag',
      'image_uri',
      'pipeline_execution_arn',
      'prediction_statistics_uri',
      'trigger',
      'use_case_version',
    ]);
    const name = stack === loans.training ? 'loans' : 'prices';
    const loaded = testUseCases().find((each) => each.useCase.name === name);
    expect(metadata['config_hash']).toBe(loaded && configHash(loaded.useCase));
  });
});

describe('the stacks that hold evidence', () => {
  test('keep logical ids, because another id means another bucket', () => {
    const foundation = template(stackNames.foundation);
    expect(Object.keys(resources(foundation, 'AWS::S3::Bucket')).sort()).toEqual([
      'AccessLogs8B620ECA',
      'Artifacts82DD59A1',
      'Data666C94C7',
    ]);
    expect(Object.keys(resources(foundation, 'AWS::KMS::Key'))).toEqual(['Key961B73FD']);
    expect(Object.keys(resources(template(loans.training), 'AWS::SageMaker::ModelPackageGroup'))).toEqual([
      'PackageGroup',
    ]);
    expect(Object.keys(resources(template(loans.training), 'AWS::SageMaker::Pipeline'))).toEqual(['Pipeline']);
  });

  test('retain buckets, key and model versions', () => {
    const kept = [
      ...Object.values(resources(template(stackNames.foundation), 'AWS::S3::Bucket')),
      ...Object.values(resources(template(stackNames.foundation), 'AWS::KMS::Key')),
      ...Object.values(resources(template(loans.training), 'AWS::SageMaker::ModelPackageGroup')),
    ];
    expect(kept.map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy])).toEqual(
      kept.map(() => ['Retain', 'Retain']),
    );
  });

  test('admit encrypted connections only, and tell EventBridge about objects', () => {
    const foundation = template(stackNames.foundation);
    for (const policy of properties(foundation, 'AWS::S3::BucketPolicy')) {
      expect(JSON.stringify(policy['PolicyDocument'])).toContain('"aws:SecureTransport":"false"');
    }
    const notifying = properties(foundation, 'AWS::S3::Bucket').filter(
      (each) => each['NotificationConfiguration'] !== undefined,
    );
    expect(notifying.map((each) => each['NotificationConfiguration'])).toEqual([
      { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    ]);
    expect(properties(foundation, 'AWS::KMS::Key')).toMatchObject([{ EnableKeyRotation: true }]);
  });
});
