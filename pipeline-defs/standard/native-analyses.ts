import type { UseCase } from '@mooring/use-case/use-case';
import {
  ClarifyCheckStep,
  type Expression,
  join,
  ModelStep,
  processingCluster,
  processingInput,
  processingOutput,
  type ProcessingArguments,
  QualityCheckStep,
  maxRuntime,
} from '@mooring/pipeline-language';
import type { Analyses, Analysis, ModelUnderTest, Splits } from './analyses';
import { networkOf, type StandardJobs, type Text } from './jobs';
import type { Checks } from './place';
import { servingEnvironment } from './registration';
import { textsOf } from './step-texts';

const input = '/opt/ml/processing/input';
const output = '/opt/ml/processing/output';
const problemTypes: Readonly<Record<UseCase['task'], string>> = {
  binary: 'BinaryClassification',
  multiclass: 'MulticlassClassification',
  regression: 'Regression',
  forecast: 'Regression',
};

/**
 * The five analyses by Model Monitor's and Clarify's check steps, which compare with the latest approved version when
 * SkipCheck is false, and hand on what they found when RegisterNewBaseline is true. A check step has no property files,
 * so a step of the code bundle picks the number that a fairness gate reads out of Clarify's report.
 */
export class NativeAnalyses implements Analyses {
  readonly extraOutputs = ['checks'] as const;
  private model: ModelStep | undefined;

  constructor(
    private readonly jobs: StandardJobs,
    private readonly checks: Checks,
  ) {}

  dataQuality(splits: Splits): Analysis {
    return quality(
      new QualityCheckStep('DataQuality', {
        ...textsOf('DataQuality'),
        checkType: 'DATA_QUALITY',
        arguments: this.qualityJob('DataQuality', checkInput(splits, 'features'), {}),
        ...this.flags(),
      }),
    );
  }

  modelQuality(predictions: Expression<string>): Analysis {
    const { task, dataset } = this.jobs.context.useCase;
    return quality(
      new QualityCheckStep('ModelQuality', {
        ...textsOf('ModelQuality'),
        checkType: 'MODEL_QUALITY',
        arguments: this.qualityJob('ModelQuality', predictions, {
          analysis_type: 'MODEL_QUALITY',
          problem_type: problemTypes[task],
          ground_truth_attribute: dataset.label,
          inference_attribute: 'prediction',
          ...(task === 'binary' ? { probability_attribute: 'score' } : {}),
        }),
        ...this.flags(),
      }),
    );
  }

  dataBias(splits: Splits): Analysis {
    const { train = '' } = splits('train');
    const step = new ClarifyCheckStep('DataBias', {
      ...textsOf('DataBias'),
      checkType: 'DATA_BIAS',
      arguments: this.clarifyJob('DataBias', checkInput(splits, 'data-bias'), train, true),
      ...this.flags(),
    });
    return this.gated(step, 'before_training', this.jobs.context.useCase.fairness?.before_training !== undefined);
  }

  modelBias(model: ModelUnderTest): Analysis {
    const made = this.modelOf(model);
    const { test = '' } = model.splits('test');
    const step = new ClarifyCheckStep('ModelBias', {
      ...textsOf('ModelBias'),
      checkType: 'MODEL_BIAS',
      arguments: this.clarifyJob('ModelBias', checkInput(model.splits, 'model-bias'), test, false),
      modelName: made.modelName,
      ...this.flags(),
    });
    const found = this.gated(step, 'after_training', this.jobs.context.useCase.fairness?.after_training !== undefined);
    return { ...found, steps: [made, ...found.steps] };
  }

  explanations(model: ModelUnderTest): Analysis {
    const { test = '' } = model.splits('test');
    const step = new ClarifyCheckStep('Explain', {
      ...textsOf('Explain'),
      checkType: 'MODEL_EXPLAINABILITY',
      arguments: this.clarifyJob('Explain', checkInput(model.splits, 'explanations'), test, false),
      modelName: this.modelOf(model).modelName,
      ...this.flags(),
    });
    return clarify(step);
  }

  private flags() {
    const { skipCheck, registerNewBaseline } = this.jobs.parameters;
    return { skipCheck, registerNewBaseline, modelPackageGroupName: this.jobs.context.place.packageGroup };
  }

  /** Clarify asks the model behind an endpoint of its own, for which it has to exist. */
  private modelOf({ artifact }: ModelUnderTest): ModelStep {
    this.model ??= new ModelStep('Model', {
      ...textsOf('Model'),
      arguments: {
        ExecutionRoleArn: this.jobs.context.place.roleArn,
        PrimaryContainer: {
          Image: this.jobs.parameters.trainingImage,
          ModelDataUrl: artifact,
          Environment: servingEnvironment,
        },
      },
    });
    return this.model;
  }

  private gated(step: ClarifyCheckStep, stage: string, isGated: boolean): Analysis {
    const found = clarify(step);
    if (!isGated) return found;
    const gate = this.jobs.script(`${step.name}Gate`, {
      command: ['fairness-gate', '--stage', stage],
      inputs: { analysis: step.properties.CalculatedBaselineConstraints },
      outputs: ['gate'],
      propertyFiles: { Gate: { output: 'gate', path: 'gate.json' } },
    });
    return { ...found, steps: [...found.steps, gate], gate: gate.report };
  }

  private qualityJob(name: string, data: Text, more: Readonly<Record<string, string>>): ProcessingArguments {
    return {
      ...this.job(name, this.checks.analyzer, true),
      Environment: {
        dataset_format: JSON.stringify({ csv: { header: true } }),
        dataset_source: `${input}/baseline_dataset_input`,
        output_path: output,
        publish_cloudwatch_metrics: 'Disabled',
        ...more,
      },
      ProcessingInputs: [processingInput('baseline_dataset_input', data)],
    };
  }

  private clarifyJob(name: string, config: Text, data: Text, isolated: boolean): ProcessingArguments {
    return {
      ...this.job(name, this.checks.clarify, isolated),
      ProcessingInputs: [
        processingInput('analysis_config', config, `${input}/config`),
        processingInput('dataset', data, `${input}/data`),
      ],
    };
  }

  private job(name: string, image: string, isolated: boolean): ProcessingArguments {
    const { place } = this.jobs.context;
    return {
      RoleArn: place.roleArn,
      AppSpecification: { ImageUri: image },
      NetworkConfig: networkOf(this.jobs.context.useCase.network, isolated),
      ProcessingOutputConfig: {
        Outputs: [processingOutput('result', this.jobs.location(name), output)],
        KmsKeyId: place.kmsKeyArn,
      },
      ProcessingResources: processingCluster(this.jobs.parameters.processingInstance),
      StoppingCondition: maxRuntime(3600),
    };
  }
}

/** A folder that Preprocess wrote for a check. */
function checkInput(splits: Splits, folder: string): Expression<string> {
  return join('/', [splits('checks')['checks'] ?? '', folder]);
}

function quality(step: QualityCheckStep): Analysis {
  const { properties } = step;
  return {
    steps: [step],
    calculated: {
      statistics: properties.CalculatedBaselineStatistics,
      constraints: properties.CalculatedBaselineConstraints,
    },
    baseline: {
      statistics: properties.BaselineUsedForDriftCheckStatistics,
      constraints: properties.BaselineUsedForDriftCheckConstraints,
    },
  };
}

function clarify(step: ClarifyCheckStep): Analysis {
  const { properties } = step;
  return {
    steps: [step],
    calculated: { constraints: properties.CalculatedBaselineConstraints },
    baseline: { constraints: properties.BaselineUsedForDriftCheckConstraints },
  };
}
