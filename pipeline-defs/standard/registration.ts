import { liveFiles, metadataKeys } from '../../contracts/names';
import {
  deployTime,
  execution,
  type Expression,
  join,
  modelVersion,
  type ProcessingStep,
  RegisterModelStep,
  type TrainingStep,
} from '../dsl';
import { modelCardContent } from './model-card';
import type { StandardParameters } from './parameters';
import type { PipelineContext } from './place';

/** The steps whose results a model version carries. */
export interface Trained {
  readonly preprocess: ProcessingStep<string, 'Manifest'>;
  readonly dataQuality: ProcessingStep<'baseline'>;
  readonly dataBias?: ProcessingStep<'report', 'Gate'>;
  readonly train: TrainingStep;
  readonly evaluate: ProcessingStep<'evaluation' | 'predictions', 'Evaluation' | 'Gate'>;
  readonly modelQuality: ProcessingStep<'baseline'>;
  readonly modelBias?: ProcessingStep<'baseline', 'Gate'>;
  readonly explain?: ProcessingStep<'baseline'>;
}

/** Registers the model with its evidence: metrics, baselines for drift checks, card, and where it came from. */
export function registration(
  context: PipelineContext,
  parameters: StandardParameters,
  trained: Trained,
): RegisterModelStep {
  const { place, useCase } = context;
  const version = modelVersion({
    group: place.packageGroup,
    image: parameters.trainingImage,
    artifact: trained.train.artifact,
    contentTypes: ['text/csv', 'application/json'],
    others: {
      ModelApprovalStatus: parameters.approval,
      ModelMetrics: modelMetrics(trained),
      DriftCheckBaselines: driftCheckBaselines(trained),
      ModelCard: { ModelCardContent: modelCardContent(useCase), ModelCardStatus: 'Draft' },
      MetadataProperties: { CommitId: parameters.commit, GeneratedBy: execution.arn },
      CustomerMetadataProperties: {
        [metadataKeys.commit]: parameters.commit,
        [metadataKeys.tag]: parameters.tag,
        [metadataKeys.useCaseVersion]: useCase.version,
        [metadataKeys.dataHash]: trained.preprocess.report.at('data_hash'),
        [metadataKeys.image]: parameters.trainingImage,
        [metadataKeys.configHash]: place.configHash,
        [metadataKeys.executionArn]: execution.arn,
        [metadataKeys.trigger]: parameters.trigger,
        [metadataKeys.predictions]: join('/', [trained.modelQuality.output('baseline'), liveFiles.predictions]),
      },
    },
  });
  const [container] = version.InferenceSpecification?.Containers ?? [];
  return new RegisterModelStep('Register', {
    arguments: {
      ...version,
      InferenceSpecification: {
        ...version.InferenceSpecification,
        Containers: [
          {
            ...container,
            Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
          },
        ],
        SupportedRealtimeInferenceInstanceTypes: [deployTime(useCase.stages.production.instance)],
        SupportedTransformInstanceTypes: [deployTime(useCase.training.processing_instance)],
      },
    },
  });
}

interface FileOnS3 {
  readonly ContentType: string;
  readonly S3Uri: Expression<string>;
}

function json(folder: Expression<string>, file: string): FileOnS3 {
  return { ContentType: 'application/json', S3Uri: join('/', [folder, file]) };
}

function modelMetrics({ dataQuality, dataBias, evaluate, modelQuality, modelBias, explain }: Trained) {
  const baseline = dataQuality.output('baseline');
  return {
    ModelQuality: {
      Statistics: json(evaluate.output('evaluation'), 'evaluation.json'),
      Constraints: json(modelQuality.output('baseline'), 'constraints.json'),
    },
    ModelDataQuality: {
      Statistics: json(baseline, 'statistics.json'),
      Constraints: json(baseline, 'constraints.json'),
    },
    Bias: bias({ dataBias, modelBias }, 'Report'),
    Explainability: explain && { Report: json(explain.output('baseline'), 'analysis.json') },
  };
}

function driftCheckBaselines({ dataQuality, dataBias, modelQuality, modelBias, explain }: Trained) {
  const baseline = dataQuality.output('baseline');
  return {
    ModelQuality: {
      Statistics: json(modelQuality.output('baseline'), 'statistics.json'),
      Constraints: json(modelQuality.output('baseline'), 'constraints.json'),
    },
    ModelDataQuality: {
      Statistics: json(baseline, 'statistics.json'),
      Constraints: json(baseline, 'constraints.json'),
    },
    Bias: bias({ dataBias, modelBias }, 'Constraints'),
    Explainability: explain && { Constraints: json(explain.output('baseline'), 'analysis.json') },
  };
}

function bias({ dataBias, modelBias }: Pick<Trained, 'dataBias' | 'modelBias'>, kind: 'Report' | 'Constraints') {
  if (dataBias === undefined) return undefined;
  return {
    [`PreTraining${kind}`]: json(dataBias.output('report'), 'analysis.json'),
    [`PostTraining${kind}`]: modelBias && json(modelBias.output('baseline'), 'analysis.json'),
  };
}
