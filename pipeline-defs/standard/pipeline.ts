import { ConditionStep, Pipeline, type Step, trainingJob, TrainingStep } from '@mooring/pipeline-language';
import type { Analyses } from './analyses';
import { fairnessGate, modelFairnessConditions, qualityConditions, qualityFailure } from './gates';
import { type Locations, retry, StandardJobs } from './jobs';
import { checkLimits } from './limits';
import { NativeAnalyses } from './native-analyses';
import { OpenAnalyses } from './open-analyses';
import { parameterList, type StandardParameters, standardParameters } from './parameters';
import { vpcConfigOf } from '@mooring/use-case/sections/network';
import type { UseCase } from '@mooring/use-case/use-case';
import type { PipelineContext } from './place';
import { registration, type Trained } from './registration';
import { textsOf } from './step-texts';

/**
 * The standard pipeline of a use case: prepare, look at data quality and bias, gate, train, evaluate, gate, register.
 *
 * Steps about fairness are left out when the use case names no facet. Each output lies below
 * `s3://<artifacts>/<use-case>/executions/<execution-id>/<step>/<output>`. The engine of the use case's monitors makes
 * the baselines, too.
 *
 * @throws UserError when the use case asks for what it cannot do.
 */
export function standardPipeline(context: PipelineContext): Pipeline {
  checkLimits(context.useCase);
  const parameters = standardParameters(context);
  const jobs = new StandardJobs(context, parameters);
  const steps = new StandardSteps(context, parameters, jobs, analysesOf(jobs));
  return new Pipeline({
    name: context.place.pipelineName,
    description: context.useCase.title,
    monitoring: true,
    parameters: parameterList(parameters),
    steps: steps.all(),
  });
}

function analysesOf(jobs: StandardJobs): Analyses {
  const { useCase, place } = jobs.context;
  if (useCase.monitoring.engine === 'open') return new OpenAnalyses(jobs);
  if (place.checks === undefined) throw new Error(`${useCase.name}: engine model-monitor needs the place's checks`);
  return new NativeAnalyses(jobs, place.checks);
}

/** The steps, each built once and wired by what it reads. */
class StandardSteps {
  constructor(
    private readonly context: PipelineContext,
    private readonly parameters: StandardParameters,
    private readonly jobs: StandardJobs,
    private readonly analyses: Analyses,
  ) {}

  all(): Step[] {
    const { useCase } = this.context;
    const { analyses } = this;
    const fair = useCase.fairness !== undefined;
    const preprocess = this.preprocess();
    const splits = (...names: readonly string[]): Locations =>
      Object.fromEntries(names.map((name) => [name, preprocess.output(name as Split)]));

    const dataQuality = analyses.dataQuality(splits);
    const dataBias = fair ? analyses.dataBias(splits) : undefined;
    const gate = fairnessGate(useCase, this.parameters, dataBias);
    const train = this.train(splits('train', 'validation', 'transform'), gate);
    const champion: Locations =
      this.parameters.champion === undefined
        ? {}
        : { champion: this.parameters.champion, manifest: preprocess.output('manifest') };
    const evaluate = this.evaluate({ model: train.artifact, ...splits('train', 'test'), ...champion });
    const predictions = evaluate.output('predictions');
    const model = { artifact: train.artifact, predictions, splits };
    const modelQuality = analyses.modelQuality(predictions);
    const modelBias = fair ? analyses.modelBias(model) : undefined;
    const explain = fair ? analyses.explanations(model) : undefined;

    const locations = (...names: readonly Split[]) => names.map((name) => preprocess.output(name));
    const trained: Trained = {
      ...{ preprocess, dataQuality, dataBias, train, evaluate, modelQuality, modelBias, explain },
      trainingData: locations('train', 'validation'),
      testData: locations('test'),
    };
    const qualityGate = new ConditionStep('QualityGate', {
      ...textsOf('QualityGate'),
      conditions: [
        ...qualityConditions(useCase, this.parameters, evaluate),
        ...modelFairnessConditions(this.parameters, modelBias),
      ],
      ifSteps: [registration(this.context, this.parameters, trained)],
      elseSteps: [qualityFailure(useCase, this.parameters, evaluate, modelBias)],
      dependsOn: [dataQuality, modelQuality, explain].flatMap((each) => each?.steps.slice(-1) ?? []),
    });
    return [
      preprocess,
      ...dataQuality.steps,
      ...(dataBias?.steps ?? []),
      ...(gate === undefined ? [] : [gate]),
      train,
      evaluate,
      ...modelQuality.steps,
      ...(modelBias?.steps ?? []),
      ...(explain?.steps ?? []),
      qualityGate,
    ];
  }

  private preprocess() {
    const { inputData, labelledData } = this.parameters;
    return this.jobs.script('Preprocess', {
      command: ['preprocess'],
      inputs: { raw: inputData, labelled: labelledData },
      outputs: [...splitNames, ...this.analyses.extraOutputs],
      propertyFiles: { Manifest: { output: 'manifest', path: 'manifest.json' } },
    });
  }

  private evaluate(inputs: Locations) {
    return this.jobs.script('Evaluate', {
      command: ['evaluate'],
      inputs,
      outputs: ['evaluation', 'predictions'],
      propertyFiles: {
        Evaluation: { output: 'evaluation', path: 'evaluation.json' },
        Gate: { output: 'evaluation', path: 'gate.json' },
      },
      image: this.parameters.trainingImage,
    });
  }

  /**
   * Started as processing steps are, with the bundle as a channel: script mode would install the bundle with pip, which
   * looks for its build tools on the network that the job does not have (docs/decisions/0120-start-of-code.md).
   */
  private train(channels: Locations, gate: Step | undefined) {
    const { place, useCase } = this.context;
    const folders = Object.keys(channels).flatMap((each) => [`--${each}`, `/opt/ml/input/data/${each}`]);
    const job = trainingJob({
      role: place.roleArn,
      image: this.parameters.trainingImage,
      instance: this.parameters.trainingInstance,
      channels: { ...channels, code: place.code.zip.uri },
      output: this.jobs.location('Train'),
      command: [
        ...['python3', `/opt/ml/input/data/code/${place.code.zip.file}`, 'train', ...folders],
        ...['--output', '/opt/ml/model', '--hyperparameters', '/opt/ml/input/config/hyperparameters.json'],
        ...['--failure', '/opt/ml/output/failure'],
      ],
      hyperParameters: useCase.training.hyperparameters,
    });
    return new TrainingStep('Train', {
      ...textsOf('Train'),
      arguments: {
        ...job,
        AlgorithmSpecification: {
          TrainingInputMode: 'File',
          ...job.AlgorithmSpecification,
          ...metricDefinitions(useCase),
        },
        EnableNetworkIsolation: useCase.network?.isolation ?? true,
        ...(useCase.network === undefined
          ? {}
          : {
              EnableInterContainerTrafficEncryption: useCase.network.inter_container_encryption,
              VpcConfig: vpcConfigOf(useCase.network),
            }),
        ResourceConfig: { ...job.ResourceConfig, VolumeKmsKeyId: place.kmsKeyArn },
        OutputDataConfig: { S3OutputPath: this.jobs.location('Train'), KmsKeyId: place.kmsKeyArn },
      },
      dependsOn: gate === undefined ? [] : [gate],
      retry,
    });
  }
}

/**
 * What SageMaker reads off the log of a training image of one's own: the lines that XGBoost prints after each round. The
 * prebuilt image has these definitions already, and CreateTrainingJob refuses others for it, in script mode too.
 */
function metricDefinitions({ task, training }: UseCase) {
  if (training.image === undefined || training.image.includes('/sagemaker-xgboost')) return {};
  const metric = task === 'binary' ? 'auc' : 'rmse';
  return { MetricDefinitions: [{ Name: `validation:${metric}`, Regex: `validation-${metric}:([0-9.eE+-]+)` }] };
}

const splitNames = ['train', 'validation', 'test', 'transform', 'manifest'] as const;
type Split = (typeof splitNames)[number] | 'checks';
