// The twins of tools/goldens/*_pipelines.py, one function per golden, in the same order.
import {
  BooleanParameter,
  CallbackStep,
  ConditionStep,
  EmrServerlessStep,
  EmrStep,
  EndpointConfigStep,
  EndpointStep,
  FailStep,
  FloatParameter,
  IntegerParameter,
  LambdaStep,
  type Pipeline,
  ProcessingStep,
  StringParameter,
  TrainingStep,
  TransformStep,
  TuningStep,
  equals,
  execution,
  greaterThan,
  greaterThanOrEqualTo,
  isIn,
  join,
  jsonGetFromS3,
  lessThan,
  lessThanOrEqualTo,
  not,
  or,
  trainingChannel,
  trainingCluster,
  type Condition,
  type Step,
} from '../../src';
import {
  FUNCTION,
  IMAGE,
  QUEUE,
  ROLE,
  SCRIPT,
  evaluate,
  model,
  note,
  pipeline,
  prepare,
  register,
  run,
  s3,
  train,
  trainArguments,
} from './parts';

export function parameters(name: string): Pipeline {
  const text = new StringParameter('Text', { default: 'hello' });
  const size = new StringParameter('Size', { default: 'small', allowed: ['small', 'large'] });
  const count = new IntegerParameter('Count', { default: 3 });
  const share = new FloatParameter('Share', { default: 0.25 });
  const flag = new BooleanParameter('Flag', { default: true });
  const free = new StringParameter('Free');
  const first = note('First', {
    args: ['--text', text, '--count', count.asString(), '--share', share.asString()],
    env: { SIZE: size, FLAG: flag.asString(), EXECUTION: execution.id },
  });
  const second = new ProcessingStep('Second', {
    arguments: run('note.py', {
      inputs: { note: first.output('note') },
      outputs: { note: join('/', ['s3:/', 'mooring-goldens', execution.pipelineName, text, count, share, flag]) },
      args: [execution.startTime, execution.currentTime],
      env: {
        ARN: execution.arn,
        PIPELINE: execution.pipelineArn,
        JOINED: join('-', ['a', 1, 2.5, share.asString()]),
        FREE: free,
      },
      count,
      volume: count,
    }),
  });
  return pipeline(name, [first, second], { parameters: [text, size, count, share, flag, free] });
}

function gate(name: string, threshold: number): Pipeline {
  const atLeast = new FloatParameter('MinF1', { default: threshold });
  const prepared = prepare(name);
  const trained = train(name, prepared.output('train'), { cache: { expireAfter: 'P30d' } });
  const judged = evaluate(name, trained.artifact, prepared.output('test'));
  const f1 = judged.report.at('binary_classification_metrics.f1.value');
  const check = new ConditionStep('QualityGate', {
    conditions: [greaterThanOrEqualTo(f1, atLeast)],
    ifSteps: [register(trained.artifact)],
    elseSteps: [new FailStep('Refuse', { message: join(' ', ['F1 is', f1, 'and must be', atLeast]) })],
  });
  return pipeline(name, [prepared, trained, judged, check], { parameters: [atLeast] });
}

export const qualityGate = (name: string): Pipeline => gate(name, 0.6);
export const qualityGateFails = (name: string): Pipeline => gate(name, 1.5);

export function conditions(name: string): Pipeline {
  const count = new IntegerParameter('Count', { default: 3 });
  const color = new StringParameter('Color', { default: 'red' });
  const flag = new BooleanParameter('Flag', { default: false });
  const kinds: Record<string, readonly Condition[]> = {
    Equal: [equals(color, 'red')],
    Greater: [greaterThan(count, 3)],
    GreaterOrEqual: [greaterThanOrEqualTo(count, 3)],
    Less: [lessThan(count, 3.5)],
    LessOrEqual: [lessThanOrEqualTo(2, count)],
    Member: [isIn(color, ['green', 'blue', color])],
    Negated: [not(equals(flag, true))],
    Either: [or(equals(color, 'blue'), not(isIn(count, [1, 2]))), equals(execution.pipelineName, name)],
  };
  const steps = Object.entries(kinds).map(
    ([kind, tests]) =>
      new ConditionStep(kind, { conditions: tests, ifSteps: [note(`${kind}Yes`)], elseSteps: [note(`${kind}No`)] }),
  );
  return pipeline(name, steps, { parameters: [count, color, flag] });
}

export function oneSided(name: string): Pipeline {
  const count = new IntegerParameter('Count', { default: 1 });
  const first = note('First');
  const second = new ProcessingStep('Second', {
    arguments: run('note.py', { inputs: { note: first.output('note') }, outputs: { note: s3('notes/Second') } }),
  });
  const choice = new ConditionStep('Choice', { conditions: [equals(count, 1)], ifSteps: [first, second] });
  const after = note('After', { env: { OUTCOME: choice.properties.Outcome } });
  return pipeline(name, [choice, after], { parameters: [count] });
}

export function aroundSteps(name: string): Pipeline {
  const first = note(
    'First',
    {},
    {
      displayName: 'The first',
      description: 'Writes a note.',
      cache: { expireAfter: 'PT1H' },
      retry: [
        { on: ['Step.SERVICE_FAULT', 'Step.THROTTLING'], maxAttempts: 5 },
        {
          on: ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR', 'SageMaker.RESOURCE_LIMIT'],
          intervalSeconds: 30,
          backoffRate: 1.5,
          expireAfterMinutes: 60,
        },
      ],
    },
  );
  const second = note('Second', {}, { dependsOn: [first], cache: { enabled: false } });
  const third = note('Third', {}, { dependsOn: ['First', second] });
  const alarm = note('Alarm', {}, { dependsOn: [{ step: third, outcome: 'Failed' }] });
  const last = note('Last', {}, { dependsOn: [{ step: third, outcome: 'Completed' }] });
  return pipeline(name, [first, second, third, alarm, last]);
}

export function tuning(name: string): Pipeline {
  const prepared = prepare(name);
  const tune = new TuningStep('Tune', {
    arguments: {
      HyperParameterTuningJobConfig: {
        Strategy: 'Random',
        RandomSeed: 7,
        TrainingJobEarlyStoppingType: 'Off',
        ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2 },
        HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:accuracy' },
        ParameterRanges: {
          ContinuousParameterRanges: [{ Name: 'margin', MinValue: '-0.2', MaxValue: '0.2', ScalingType: 'Auto' }],
          IntegerParameterRanges: [{ Name: 'folds', MinValue: '2', MaxValue: '4', ScalingType: 'Auto' }],
          CategoricalParameterRanges: [{ Name: 'mode', Values: ['plain', 'wide'] }],
        },
      },
      TrainingJobDefinition: {
        RoleArn: ROLE,
        AlgorithmSpecification: {
          TrainingImage: IMAGE,
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'validation:accuracy', Regex: 'validation:accuracy=([0-9.]+)' }],
        },
        StaticHyperParameters: { ...SCRIPT, keep: 1 },
        InputDataConfig: [trainingChannel('train', prepared.output('train'), 'text/csv')],
        OutputDataConfig: { S3OutputPath: s3(`${name}/model`) },
        ResourceConfig: trainingCluster('ml.m5.large'),
        StoppingCondition: { MaxRuntimeInSeconds: 600 },
      },
    },
  });
  return pipeline(name, [prepared, tune, register(tune.topModel(0, 'mooring-goldens', `${name}/model`))]);
}

export function sourceCode(name: string): Pipeline {
  const prepared = prepare(name);
  const {
    InputDataConfig: channels = [],
    AlgorithmSpecification: algorithm,
    ...others
  } = trainArguments(name, prepared.output('train'), { margin: 0.1 });
  const driver = '/opt/ml/input/data/sm_drivers/sm_train.sh';
  const trained = new TrainingStep('Train', {
    arguments: {
      ...others,
      AlgorithmSpecification: {
        TrainingInputMode: 'File',
        ...algorithm,
        ContainerEntrypoint: ['/bin/bash'],
        ContainerArguments: ['-c', `chmod +x ${driver} && ${driver}`],
      },
      InputDataConfig: [
        ...channels,
        ...['code', 'sm_drivers'].map(
          (part) => ({ ...trainingChannel(part, s3(`train/train-TIME/input/${part}`)), InputMode: 'File' }) as const,
        ),
      ],
    },
  });
  return pipeline(name, [prepared, trained]);
}

export function batchTransform(name: string): Pipeline {
  const prepared = prepare(name);
  const trained = train(name, prepared.output('train'));
  const made = model(trained.artifact);
  const score = new TransformStep('Score', {
    arguments: {
      ModelName: made.modelName,
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: prepared.output('test') } },
        ContentType: 'text/csv',
        SplitType: 'Line',
      },
      TransformOutput: { S3OutputPath: s3(`${name}/predictions`), Accept: 'text/csv', AssembleWith: 'Line' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      BatchStrategy: 'MultiRecord',
      MaxPayloadInMB: 6,
      DataProcessing: { InputFilter: '$[1:]' },
    },
    cache: { expireAfter: 'P1d' },
  });
  return pipeline(name, [prepared, trained, made, score]);
}

export function endpoint(name: string): Pipeline {
  const prepared = prepare(name);
  const trained = train(name, prepared.output('train'));
  const made = model(trained.artifact);
  const config = new EndpointConfigStep('Config', {
    arguments: {
      EndpointConfigName: 'goldens',
      ProductionVariants: [
        {
          ModelName: made.modelName,
          VariantName: 'AllTraffic',
          InstanceType: 'ml.m5.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 1,
        },
      ],
    },
  });
  const serve = new EndpointStep('Serve', {
    arguments: { EndpointName: 'goldens', EndpointConfigName: config.endpointConfigName, Tags: [] },
  });
  return pipeline(name, [prepared, trained, made, config, serve]);
}

export function lambdaFunction(name: string): Pipeline {
  const count = new IntegerParameter('Count', { default: 3 });
  const ask = new LambdaStep('Ask', {
    functionArn: FUNCTION,
    inputs: { count, name: execution.pipelineName, fixed: 'x', number: 2.5, flag: true },
    outputs: { doubled: 'Integer', greeting: 'String' },
    cache: { expireAfter: 'P1d' },
  });
  const choice = new ConditionStep('Choice', {
    conditions: [greaterThan(ask.output('doubled'), 5)],
    ifSteps: [note('Yes', { env: { GREETING: ask.output('greeting'), DOUBLED: ask.output('doubled').asString() } })],
    elseSteps: [new FailStep('No', { message: 'too small' })],
  });
  return pipeline(name, [ask, choice], { parameters: [count] });
}

export function callback(name: string): Pipeline {
  const wait = new CallbackStep('Wait', {
    queueUrl: QUEUE,
    inputs: { question: 'may I?', execution: execution.id },
    outputs: { answer: 'String' },
  });
  return pipeline(name, [wait, note('After', { env: { ANSWER: wait.output('answer') } })]);
}

export function jsonFromS3(name: string): Pipeline {
  const bucket = new StringParameter('Bucket', { default: 'mooring-goldens' });
  const first = note('First');
  const color = jsonGetFromS3(join('/', ['s3:/', bucket, 'notes/First/note.json']), 'environment.color');
  const choice = new ConditionStep('Choice', {
    conditions: [equals(color, 'red')],
    ifSteps: [note('Red')],
    elseSteps: [note('Other')],
    dependsOn: [first],
  });
  const experiment = { experimentName: join('-', ['mine', bucket]), trialName: execution.id };
  return pipeline(name, [first, choice], { parameters: [bucket], experiment });
}

export function large(name: string): Pipeline {
  const steps: Step[] = [];
  for (let index = 0; index < 30; index += 1) {
    const parts = Array.from({ length: 12 }, (_, part) => [
      `TEXT_${String(part).padStart(2, '0')}`,
      `${index}:${part} ${'lorem ipsum '.repeat(20)}`,
    ]);
    const env = Object.fromEntries(parts) as Record<string, string>;
    steps.push(note(`Note${String(index).padStart(2, '0')}`, { env }, { dependsOn: steps.slice(-1) }));
  }
  return pipeline(name, steps, { experiment: null });
}

export function emr(name: string): Pipeline {
  const onCluster = new EmrStep('OnCluster', {
    arguments: {
      ClusterId: 'j-1234567890ABC',
      ExecutionRoleArn: ROLE,
      StepConfig: {
        HadoopJarStep: {
          Jar: 'command-runner.jar',
          Args: ['spark-submit', s3('scripts/prepare.py')],
          MainClass: 'Main',
          Properties: [{ Key: 'a', Value: 'b' }],
        },
      },
    },
  });
  const group = { InstanceRole: 'MASTER', InstanceCount: 1, InstanceType: 'm5.xlarge' };
  const ownCluster = new EmrStep('OwnCluster', {
    displayName: 'Own',
    description: 'On a cluster of its own.',
    dependsOn: [onCluster],
    cache: { expireAfter: 'P1d' },
    arguments: {
      ClusterConfig: { Instances: { InstanceGroups: [group] }, ReleaseLabel: 'emr-7.5.0' },
      StepConfig: { HadoopJarStep: { Jar: 'command-runner.jar' } },
    },
  });
  const serverless = new EmrServerlessStep('Serverless', {
    displayName: 'Serverless',
    description: 'Without a cluster.',
    dependsOn: [ownCluster],
    arguments: {
      ExecutionRoleArn: ROLE,
      ApplicationId: '00abcdefgh123456',
      JobConfig: {
        jobDriver: { sparkSubmit: { entryPoint: s3('scripts/prepare.py') } },
        executionTimeoutMinutes: 30,
        name: 'job',
      },
    },
  });
  return pipeline(name, [onCluster, ownCluster, serverless]);
}
