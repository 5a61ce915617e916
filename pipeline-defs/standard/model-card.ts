import { distanceName } from '../../contracts/bias-distance';
import { errorMetrics } from '@mooring/use-case/error-metrics';
import type { Expression, ProcessingStep, TrainingStep } from '@mooring/pipeline-language';
import { featureNames, type UseCase } from '@mooring/use-case/use-case';
import { jsonText, NumberLater, type JsonValue, withPlaceholders } from './json-text';
import { modelCard } from './model-card-schema';

/** Longest texts the model-card schema takes. */
const longestText = 2_048;
const longestDetail = 1_024;
const longestHyperparameter = 255;

/** What a version was made of and judged by, as the execution knows it. */
export interface CardSources {
  readonly useCase: UseCase;
  readonly train: TrainingStep;
  readonly trainingImage: Expression<string>;
  /** Data that the training step read, and data that the evaluation read. */
  readonly trainingData: readonly Expression<string>[];
  readonly testData: readonly Expression<string>[];
  readonly evaluate: ProcessingStep<'evaluation' | 'predictions', 'Evaluation' | 'Gate'>;
}

/** Metrics of the evaluation that every model of a task has. */
const measured: Readonly<Record<'binary' | 'regression', readonly string[]>> = {
  binary: ['auc', 'accuracy', 'precision', 'recall', 'f1', 'true_positive_rate', 'false_positive_rate'],
  regression: ['mae', 'mse', 'rmse', 'r2'],
};

/**
 * Content of the model card that travels with a version: what the use case says about itself, how the version was trained, and
 * how it was judged. JSON, with values that SageMaker puts in when the version is registered.
 *
 * @throws ZodError when the content would not fit SageMaker's schema.
 */
export function modelCardContent(sources: CardSources): Expression<string> {
  const { useCase } = sources;
  const { risk } = useCase;
  const content = {
    model_overview: { model_creator: 'Mooring' },
    business_details: { business_problem: cut(useCase.title, longestText) },
    intended_uses: {
      purpose_of_model: cut(useCase.purpose, longestText),
      risk_rating: risk?.rating ?? 'Unknown',
      explanations_for_risk_rating: risk?.reason === undefined ? undefined : cut(risk.reason, longestText),
    },
    training_details: trainingDetails(sources),
    evaluation_details: [evaluationDetails(sources)],
    additional_information: { custom_details: customDetails(useCase) },
  } satisfies JsonValue;
  modelCard.parse(withPlaceholders(content));
  return jsonText(content);
}

function trainingDetails({ useCase, train, trainingImage, trainingData }: CardSources) {
  const { training } = useCase;
  const parameters = Object.entries(training.hyperparameters);
  return {
    training_observations: `Trained by ${training.framework} on ${featureNames(useCase).length} features of ${useCase.dataset.label}.`,
    training_job_details: {
      training_arn: train.property('TrainingJobArn') as Expression<string>,
      training_datasets: trainingData,
      training_environment: { container_image: [trainingImage] },
      hyper_parameters: parameters.map(([name, value]) => ({ name, value: cut(String(value), longestHyperparameter) })),
    },
  };
}

function evaluationDetails({ useCase, evaluate, testData }: CardSources) {
  const binary = useCase.task === 'binary';
  const { metric, bound } = useCase.gates.quality;
  const group = binary ? 'binary_classification_metrics' : 'regression_metrics';
  const side = errorMetrics.includes(metric) ? 'at most' : 'at least';
  const file = evaluate.file('Evaluation');
  return {
    name: 'Test set',
    evaluation_observation: `On rows that the model never saw. The gate asks for ${metric} ${side} ${bound}.`,
    evaluation_job_arn: evaluate.property('ProcessingJobArn') as Expression<string>,
    datasets: testData,
    metric_groups: [
      {
        name: group,
        metric_data: measured[binary ? 'binary' : 'regression'].map((name) => ({
          name,
          type: 'number',
          value: new NumberLater(file.at(`${group}.${name}.value`)),
        })),
      },
    ],
  };
}

function customDetails(useCase: UseCase): Readonly<Record<string, string>> {
  const { fairness, gates, monitoring } = useCase;
  const details: Readonly<Record<string, string | undefined>> = {
    task: useCase.task,
    label: useCase.dataset.label,
    features: featureNames(useCase).join(', '),
    split: `${useCase.split.method}, ${useCase.split.test_size} for testing, seed ${useCase.split.seed}`,
    quality_gate: `${gates.quality.metric} bound ${gates.quality.bound}`,
    baselines_to_beat: gates.beat.join(', ') || undefined,
    facets: fairness?.facets.map((each) => each.name).join(', '),
    fairness_gate_before_training: gate(fairness?.before_training),
    fairness_gate_after_training: gate(fairness?.after_training),
    monitored_features:
      monitoring.features.map((each) => `${each.name} (${each.detector} ${each.threshold})`).join(', ') || undefined,
  };
  return Object.fromEntries(
    Object.entries(details).flatMap(([key, value]) => (value === undefined ? [] : [[key, cut(value, longestDetail)]])),
  );
}

function gate(rule: { readonly metric: string; readonly max: number } | undefined): string | undefined {
  return rule && `${distanceName(rule.metric)} at most ${rule.max}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
