import { prefixes } from '../../contracts/names';
import {
  ConditionStep,
  execution,
  type Expression,
  join,
  Pipeline,
  ProcessingStep,
  scriptJob,
  type Step,
  trainingJob,
  TrainingStep,
} from '../dsl';
import { fairnessGate, modelFairnessConditions, qualityConditions, qualityFailure } from './gates';
import { parameterList, type StandardParameters, standardParameters } from './parameters';
import type { PipelineContext } from './place';
import { registration, type Trained } from './registration';

type Text = string | Expression<string>;
type Locations = Readonly<Record<string, Text>>;

/** Throttling and faults of the service are worth repeating; a failure of our own code is not. */
const retry = [
  { on: ['Step.SERVICE_FAULT', 'Step.THROTTLING', 'SageMaker.CAPACITY_ERROR'], intervalSeconds: 30, maxAttempts: 3 },
] as const;

/**
 * The standard pipeline of a use case: prepare, look at data quality and bias, gate, train, evaluate, gate, register.
 *
 * Steps about fairness are left out when the use case names no facet. Each output lies below
 * `s3://<artifacts>/<use-case>/executions/<execution-id>/<step>/<output>`.
 */
export function standardPipeline(context: PipelineContext): Pipeline {
  const parameters = standardParameters(context);
  const steps = new StandardSteps(context, parameters);
  return new Pipeline({
    name: context.place.pipelineName,
    description: context.useCase.title,
    monitoring: true,
    parameters: parameterList(parameters),
    steps: steps.all(),
  });
}

/** The steps, each built once and wired by what it reads. */
class StandardSteps {
  constructor(
    private readonly context: PipelineContext,
    private readonly parameters: StandardParameters,
  ) {}

  all(): Step[] {
    const { useCase } = this.context;
    const fair = useCase.fairness !== undefined;
    const preprocess = this.preprocess();
    const inputs = (...names: readonly Split[]): Locations =>
      Object.fromEntries(names.map((name) => [name, preprocess.output(name)]));

    const dataQuality = this.script('DataQuality', ['monitor', 'profile'], inputs('train'), ['baseline']);
    const dataBias = fair ? this.dataBias(inputs('train', 'validation', 'test')) : undefined;
    const gate = fairnessGate(useCase, this.parameters, dataBias);
    const train = this.train(inputs('train', 'validation', 'transform'), gate);
    const champion: Locations =
      this.parameters.champion === undefined
        ? {}
        : { champion: this.parameters.champion, manifest: preprocess.output('manifest') };
    const evaluate = this.evaluate({ model: train.artifact, ...inputs('train', 'test'), ...champion });
    const predictions = { predictions: evaluate.output('predictions') };
    const modelQuality = this.modelQuality(predictions);
    const modelBias = fair ? this.modelBias(predictions) : undefined;
    const explain = fair ? this.explain({ model: train.artifact, ...inputs('train', 'test') }) : undefined;

    const trained: Trained = { preprocess, dataQuality, dataBias, train, evaluate, modelQuality, modelBias, explain };
    const qualityGate = new ConditionStep('QualityGate', {
      conditions: [
        ...qualityConditions(useCase, this.parameters, evaluate),
        ...modelFairnessConditions(this.parameters, modelBias),
      ],
      ifSteps: [registration(this.context, this.parameters, trained)],
      elseSteps: [qualityFailure(useCase, this.parameters, evaluate, modelBias)],
      dependsOn: [dataQuality, modelQuality, explain].filter((step) => step !== undefined),
    });
    const steps = [
      preprocess,
      dataQuality,
      dataBias,
      gate,
      train,
      evaluate,
      modelQuality,
      modelBias,
      explain,
      qualityGate,
    ];
    return steps.filter((step) => step !== undefined);
  }

  private preprocess() {
    const { inputData, labelledData } = this.parameters;
    return new ProcessingStep('Preprocess', {
      arguments: this.job('Preprocess', ['preprocess'], { raw: inputData, labelled: labelledData }, splits),
      propertyFiles: { Manifest: { output: 'manifest', path: 'manifest.json' } },
      retry,
    });
  }

  private dataBias(inputs: Locations) {
    return new ProcessingStep('DataBias', {
      arguments: this.job('DataBias', ['monitor', 'bias', '--stage', 'pre'], inputs, ['report']),
      propertyFiles: { Gate: { output: 'report', path: 'gate.json' } },
      retry,
    });
  }

  private modelQuality(inputs: Locations) {
    return this.script('ModelQuality', ['monitor', 'quality', '--stage', 'baseline'], inputs, ['baseline']);
  }

  private modelBias(inputs: Locations) {
    return new ProcessingStep('ModelBias', {
      arguments: this.job('ModelBias', ['monitor', 'bias', '--stage', 'post'], inputs, ['baseline']),
      propertyFiles: { Gate: { output: 'baseline', path: 'gate.json' } },
      retry,
    });
  }

  private explain(inputs: Locations) {
    const job = this.job('Explain', ['monitor', 'explain'], inputs, ['baseline'], this.parameters.trainingImage);
    return new ProcessingStep('Explain', { arguments: job, retry });
  }

  private evaluate(inputs: Locations) {
    const outputs = ['evaluation', 'predictions'] as const;
    return new ProcessingStep('Evaluate', {
      arguments: this.job('Evaluate', ['evaluate'], inputs, outputs, this.parameters.trainingImage),
      propertyFiles: {
        Evaluation: { output: 'evaluation', path: 'evaluation.json' },
        Gate: { output: 'evaluation', path: 'gate.json' },
      },
      retry,
    });
  }

  private train(channels: Locations, gate: Step | undefined) {
    const { place, useCase } = this.context;
    const job = trainingJob({
      role: place.roleArn,
      image: this.parameters.trainingImage,
      instance: this.parameters.trainingInstance,
      channels: { ...channels, code: place.code.tar.uri },
      output: this.location('Train'),
      hyperParameters: {
        ...useCase.training.hyperparameters,
        sagemaker_program: 'train.py',
        // The bundle comes as a channel and not by download, so that the job can run without network.
        sagemaker_submit_directory: `/opt/ml/input/data/code/${place.code.tar.file}`,
      },
    });
    return new TrainingStep('Train', {
      arguments: {
        ...job,
        EnableNetworkIsolation: true,
        OutputDataConfig: { S3OutputPath: this.location('Train'), KmsKeyId: place.kmsKeyArn },
      },
      dependsOn: gate === undefined ? [] : [gate],
      retry,
    });
  }

  private script<const O extends string>(
    name: string,
    command: readonly string[],
    inputs: Locations,
    outputs: readonly O[],
  ) {
    return new ProcessingStep(name, { arguments: this.job(name, command, inputs, outputs), retry });
  }

  /** A step of the code bundle, by the rule of docs/architecture.md: `--<input> <folder>` for each input, one `--output`. */
  private job<const O extends string>(
    step: string,
    command: readonly string[],
    inputs: Locations,
    outputs: readonly O[],
    image: Text = this.parameters.processingImage,
  ) {
    const { place } = this.context;
    const folders = Object.keys(inputs).flatMap((name) => [`--${name}`, `/opt/ml/processing/input/${name}`]);
    const locations = Object.fromEntries(outputs.map((name) => [name, this.location(step, name)]));
    const job = scriptJob<O>({
      role: place.roleArn,
      image,
      instance: this.parameters.processingInstance,
      code: place.code.zip.uri,
      script: place.code.zip.file,
      args: [...command, ...folders, '--output', '/opt/ml/processing/output'],
      inputs,
      outputs: locations as Record<O, Text>,
    });
    return {
      ...job,
      NetworkConfig: { EnableNetworkIsolation: true },
      ProcessingOutputConfig: { Outputs: job.ProcessingOutputConfig?.Outputs ?? [], KmsKeyId: place.kmsKeyArn },
    };
  }

  private location(step: string, output?: string): Expression<string> {
    const { place, useCase } = this.context;
    const root = `s3://${place.artifactBucket}/${prefixes.executions(useCase.name)}`;
    return join('/', [root, execution.id, step, ...(output === undefined ? [] : [output])]);
  }
}

const splits = ['train', 'validation', 'test', 'transform', 'manifest'] as const;
type Split = (typeof splits)[number];
