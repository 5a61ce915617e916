// Steps that several twins share: the counterpart of tools/goldens/parts.py.
import {
  type AnyExpression,
  type Expression,
  ModelStep,
  Pipeline,
  type PipelineOptions,
  ProcessingStep,
  type ProcessingOptions,
  type RegisterModelArguments,
  RegisterModelStep,
  type Step,
  type StepOptions,
  type TrainingArguments,
  TrainingStep,
  type TrainingOptions,
  type Value,
  maxRuntime,
  processingInput,
  processingOutput,
  trainingChannel,
  trainingCluster,
} from '../../src';

export const ROLE = 'arn:aws:iam::111122223333:role/pipeline';
export const IMAGE = '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-py312';
export const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:goldens';
export const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/goldens';

type Text = string | Expression<string>;
type Size = number | Expression<number>;

export const s3 = (key: string): string => `s3://mooring-goldens/${key}`;

interface Run {
  readonly inputs?: Readonly<Record<string, Text>>;
  readonly outputs: Readonly<Record<string, Text>>;
  readonly args?: readonly Text[];
  readonly env?: Readonly<Record<string, Text>>;
  readonly count?: Size;
  readonly volume?: Size;
}

/** A script step as the SDK's ScriptProcessor makes it: the script itself is the input `code`. */
export function run(
  script: string,
  { inputs = {}, outputs, args, env, count = 1, volume = 30 }: Run,
): ProcessingOptions['arguments'] {
  const sources = [...Object.entries(inputs), ['code', s3(`scripts/${script}`)] as const];
  const uncompressed = ([name, uri]: readonly [string, Text]) => {
    const input = processingInput(name, uri);
    return { ...input, S3Input: { ...input.S3Input, S3CompressionType: 'None' } } as const;
  };
  return {
    RoleArn: ROLE,
    AppSpecification: {
      ImageUri: IMAGE,
      ContainerEntrypoint: ['python3', `/opt/ml/processing/input/code/${script}`],
      ContainerArguments: args,
    },
    Environment: env,
    ProcessingInputs: sources.map(uncompressed),
    ProcessingOutputConfig: { Outputs: Object.entries(outputs).map(([name, uri]) => processingOutput(name, uri)) },
    ProcessingResources: {
      ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: count, VolumeSizeInGB: volume },
    },
    StoppingCondition: maxRuntime(600),
  };
}

type Others = Omit<ProcessingOptions, 'arguments'>;

export const note = (name: string, { args, env }: Pick<Run, 'args' | 'env'> = {}, more: Others = {}): ProcessingStep =>
  new ProcessingStep(name, {
    ...more,
    arguments: run('note.py', { outputs: { note: s3(`notes/${name}`) }, args, env }),
  });

export const prepare = (prefix: string): ProcessingStep =>
  new ProcessingStep('Prepare', {
    arguments: run('prepare.py', {
      inputs: { raw: s3('raw') },
      outputs: { train: s3(`${prefix}/train`), test: s3(`${prefix}/test`) },
      args: ['--test-every', '4'],
    }),
  });

export const SCRIPT = {
  sagemaker_program: 'train.py',
  sagemaker_submit_directory: s3('scripts/sourcedir.tar.gz'),
};

export function trainArguments(
  prefix: string,
  data: Text,
  hyperParameters: Readonly<Record<string, Value>>,
): TrainingArguments {
  return {
    RoleArn: ROLE,
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    HyperParameters: hyperParameters,
    InputDataConfig: [{ ...trainingChannel('train', data, 'text/csv'), InputMode: 'File' }],
    OutputDataConfig: { S3OutputPath: s3(`${prefix}/model`) },
    ResourceConfig: trainingCluster('ml.m5.large'),
    StoppingCondition: maxRuntime(600),
  };
}

export const train = (prefix: string, data: Text, more: Omit<TrainingOptions, 'arguments'> = {}): TrainingStep =>
  new TrainingStep('Train', { ...more, arguments: trainArguments(prefix, data, { ...SCRIPT, margin: '0.0' }) });

export const evaluate = (prefix: string, model: Text, test: Text) =>
  new ProcessingStep('Evaluate', {
    arguments: run('evaluate.py', { inputs: { model, test }, outputs: { evaluation: s3(`${prefix}/evaluation`) } }),
    propertyFiles: { Report: { output: 'evaluation', path: 'evaluation.json' } },
  });

const SERVING = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: s3('scripts/sourcedir.tar.gz'),
};

export const model = (artifact: Text, more: StepOptions = {}): ModelStep =>
  new ModelStep('Model', {
    ...more,
    arguments: {
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: IMAGE, Environment: SERVING, ModelDataUrl: artifact },
    },
  });

export function register(
  artifact: Text | AnyExpression,
  more: Partial<RegisterModelArguments> = {},
): RegisterModelStep {
  const environment = { ...SERVING, SAGEMAKER_CONTAINER_LOG_LEVEL: '20', SAGEMAKER_REGION: 'eu-west-1' };
  return new RegisterModelStep('Register', {
    arguments: {
      ModelPackageGroupName: 'goldens',
      ModelApprovalStatus: 'PendingManualApproval',
      SkipModelValidation: 'None',
      InferenceSpecification: {
        Containers: [{ Image: IMAGE, Environment: environment, ModelDataUrl: artifact }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
        SupportedRealtimeInferenceInstanceTypes: ['ml.m5.large'],
        SupportedTransformInstanceTypes: ['ml.m5.large'],
      },
      ...more,
    },
  });
}

export const pipeline = (name: string, steps: readonly Step[], more: Partial<PipelineOptions> = {}): Pipeline =>
  new Pipeline({ name, steps, ...more });
