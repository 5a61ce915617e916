import { liveFiles, metadataKeys } from '../../contracts/names';
import {
  type Expression,
  deployTime,
  execution,
  join,
  modelVersion,
  type ProcessingStep,
  RegisterModelStep,
  type TrainingStep,
} from '@mooring/pipeline-language';
import type { Analysis, Files } from './analyses';
import { modelCardContent } from './model-card';
import type { StandardParameters } from './parameters';
import type { PipelineContext } from './place';
import { textsOf } from './step-texts';

/** What a container needs to serve the artefact of the training step. */
export const servingEnvironment = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
  // The containers install the code with pip, which would fetch its build tools; with this it takes the image's own.
  // 0 and not 1: pip takes the value of a variable for a `--no-` option as the value of what the option negates.
  PIP_NO_BUILD_ISOLATION: '0',
};

/** The steps whose results a model version carries. */
export interface Trained {
  readonly preprocess: ProcessingStep<string, 'Manifest'>;
  readonly dataQuality: Analysis;
  readonly dataBias?: Analysis;
  readonly train: TrainingStep;
  /** What the training step and the evaluation read. */
  readonly trainingData: readonly Expression<string>[];
  readonly testData: readonly Expression<string>[];
  readonly evaluate: ProcessingStep<'evaluation' | 'predictions', 'Evaluation' | 'Gate'>;
  readonly modelQuality: Analysis;
  readonly modelBias?: Analysis;
  readonly explain?: Analysis;
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
      ModelCard: {
        ModelCardContent: modelCardContent({ ...trained, useCase, trainingImage: parameters.trainingImage }),
        ModelCardStatus: 'Draft',
      },
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
        [metadataKeys.evaluation]: join('/', [trained.evaluate.output('evaluation'), liveFiles.evaluation]),
        ...(trained.modelQuality.predictions && { [metadataKeys.predictions]: trained.modelQuality.predictions }),
      },
    },
  });
  const [container] = version.InferenceSpecification?.Containers ?? [];
  return new RegisterModelStep('Register', {
    ...textsOf('Register'),
    arguments: {
      ...version,
      InferenceSpecification: {
        ...version.InferenceSpecification,
        Containers: [
          {
            ...container,
            Environment: servingEnvironment,
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

function json(uri: Expression<string>): FileOnS3;
function json(uri: Expression<string> | undefined): FileOnS3 | undefined;
function json(uri: Expression<string> | undefined): FileOnS3 | undefined {
  return uri && { ContentType: 'application/json', S3Uri: uri };
}

function modelMetrics({ dataQuality, dataBias, modelQuality, modelBias, explain }: Trained) {
  return {
    // Studio draws Model Monitor's layout, with matrix and curves inside the section of the task; evaluation.json is our own.
    ModelQuality: quality(modelQuality.calculated),
    ModelDataQuality: quality(dataQuality.calculated),
    Bias: bias(dataBias?.calculated, modelBias?.calculated, 'Report'),
    Explainability: explain && { Report: json(explain.calculated.constraints) },
  };
}

function driftCheckBaselines({ dataQuality, dataBias, modelQuality, modelBias, explain }: Trained) {
  return {
    ModelQuality: quality(modelQuality.baseline),
    ModelDataQuality: quality(dataQuality.baseline),
    Bias: bias(dataBias?.baseline, modelBias?.baseline, 'Constraints'),
    Explainability: explain && { Constraints: json(explain.baseline.constraints) },
  };
}

function quality({ statistics, constraints }: Files) {
  return { Statistics: json(statistics), Constraints: json(constraints) };
}

function bias(before: Files | undefined, after: Files | undefined, kind: 'Report' | 'Constraints') {
  return (
    before && { [`PreTraining${kind}`]: json(before.constraints), [`PostTraining${kind}`]: json(after?.constraints) }
  );
}
