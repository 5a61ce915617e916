import { errorMetrics } from '@mooring/use-case/error-metrics';

/**
 * Parameters of the standard pipeline, named once: the definition declares them, the retrain function and the CLI set them.
 * Names carry no underscore, because an EventBridge target refuses one.
 */
export const pipelineParameters = {
  /** S3 prefix of the raw rows. */
  inputData: 'InputDataUri',
  /** S3 prefix of labelled rows from production; by default a header without rows. */
  labelledData: 'LabelledDataUri',
  /** Artefact (model.tar.gz) of the live model, which a new one has to beat; by default a file that is none. */
  champion: 'ChampionModelUri',
  /** Largest |metric| the fairness gate before training allows. */
  maxBias: 'MaxBias',
  /** Largest |metric| the fairness gate after training allows. */
  maxModelBias: 'MaxModelBias',
  /** Lowest score the quality gate allows (accuracy, precision, recall, f1, auc, r2). */
  minQuality: 'MinQuality',
  /** Highest error the quality gate allows (rmse, mae, mse, mape). */
  maxError: 'MaxError',
  /** `true` or `false`: whether check steps leave the last baseline alone (engine model-monitor). */
  skipCheck: 'SkipCheck',
  /** `true` or `false`: whether a version gets the baseline of its own data (engine model-monitor). */
  registerNewBaseline: 'RegisterNewBaseline',
  trainingImage: 'TrainingImage',
  processingImage: 'ProcessingImage',
  trainingInstance: 'TrainingInstanceType',
  processingInstance: 'ProcessingInstanceType',
  /** `Approved` or `PendingManualApproval`. */
  approval: 'ApprovalStatus',
  /** What started the execution: manual, drift, schedule, data, release. */
  trigger: 'Trigger',
  commit: 'GitCommit',
  tag: 'GitTag',
} as const;

export type PipelineParameter = (typeof pipelineParameters)[keyof typeof pipelineParameters];

/**
 * The parameter that overrides a path of the use case for one execution (`mooring run --set path=value`).
 * Other paths are part of what was synthesized: change the YAML and deploy.
 *
 * @param metric the metric of the quality gate, which decides between MinQuality and MaxError.
 */
export function parametersByPath(metric: string): Readonly<Record<string, PipelineParameter>> {
  const p = pipelineParameters;
  return {
    'dataset.location': p.inputData,
    'fairness.before_training.max': p.maxBias,
    'fairness.after_training.max': p.maxModelBias,
    'gates.quality.bound': errorMetrics.includes(metric) ? p.maxError : p.minQuality,
    'training.image': p.trainingImage,
    'training.instance': p.trainingInstance,
    'training.processing_instance': p.processingInstance,
    'stages.production.approval': p.approval,
  };
}
