/**
 * Names that the stacks, the functions, the steps and the local account must agree on, each built in one place.
 * Everything that belongs to a use case starts with its name.
 */
export const appName = 'mooring';

/** PascalCase of a hyphenated name: credit-risk becomes CreditRisk. */
export function pascal(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** CloudFormation stack names. */
export const stackNames = {
  foundation: 'Mooring-Foundation',
  training: (useCase: string) => `Mooring-${pascal(useCase)}-Training`,
  serving: (useCase: string, stage: StageName = 'production') =>
    `Mooring-${pascal(useCase)}-Serving${stage === 'production' ? '' : `-${pascal(stage)}`}`,
  monitoring: (useCase: string) => `Mooring-${pascal(useCase)}-Monitoring`,
  retraining: (useCase: string) => `Mooring-${pascal(useCase)}-Retraining`,
  frontDoor: (useCase: string) => `Mooring-${pascal(useCase)}-FrontDoor`,
  release: 'Mooring-Release',
} as const;

export const stageNames = ['staging', 'production'] as const;
export type StageName = (typeof stageNames)[number];

export const resourceNames = {
  pipeline: (useCase: string) => `${useCase}-pipeline`,
  packageGroup: (useCase: string) => `${useCase}-models`,
  /** Production carries the plain name; the stage before it says so. */
  endpoint: (useCase: string, stage: StageName = 'production') =>
    stage === 'production' ? `${useCase}-endpoint` : `${useCase}-${stage}-endpoint`,
  /** Short enough for a job name of a run, which adds 17 characters to it: 63 are allowed. */
  schedule: (useCase: string, monitor: MonitorKind) =>
    `${useCase}-${monitor === 'explanations' ? 'explain' : monitor}-monitor`,
  /** The join of labels with captured rows: its schedule, and the MonitoringSchedule dimension of its metrics. */
  labelSchedule: (useCase: string) => `${useCase}-labels`,
  featureAlarm: (useCase: string, feature: string) => `${useCase}-drift-${feature}`,
  missingAlarm: (useCase: string, feature: string) => `${useCase}-missing-${feature}`,
  metricAlarm: (useCase: string, what: string) => `${useCase}-${what}`,
  compositeAlarm: (useCase: string) => `${useCase}-drift`,
  deployFunction: (useCase: string, stage: StageName = 'production') =>
    stage === 'production' ? `${useCase}-deploy` : `${useCase}-${stage}-deploy`,
  /** Exists only where approved versions go on trial first. */
  trialFunction: (useCase: string) => `${useCase}-trial`,
  /** Exists only where files are scored on a schedule; its schedule has the same name. */
  batchFunction: (useCase: string) => `${useCase}-batch`,
  notifyFunction: (useCase: string) => `${useCase}-notify`,
  retrainFunction: (useCase: string) => `${useCase}-retrain`,
  predictFunction: (useCase: string) => `${useCase}-predict`,
  labelFunction: (useCase: string) => `${useCase}-label`,
  /** Exists only where the pipeline definition is too large for a template. */
  definitionFunction: (useCase: string) => `${useCase}-definition`,
  /** Exists only where a use case tells chats. */
  chatFunction: (useCase: string) => `${useCase}-chat`,
  api: (useCase: string) => `${useCase}-api`,
  /** Alarms as CloudWatch writes them; shared. */
  topic: `${appName}-notifications`,
  /** What people read about a use case. */
  newsTopic: (useCase: string) => `${useCase}-news`,
} as const;

/** Kinds of monitors; each has a schedule, a report and alarms of its own. */
export const monitorKinds = ['data', 'quality', 'bias', 'explanations'] as const;
export type MonitorKind = (typeof monitorKinds)[number];

/** The variant name never changes: blue/green needs the same name in the old and the new configuration. */
export const variantName = 'AllTraffic';

/** SSM parameters the foundation publishes, so that the CLI and the functions find the buckets. */
export const parameterNames = {
  dataBucket: `/${appName}/data-bucket`,
  artifactBucket: `/${appName}/artifact-bucket`,
  topic: `/${appName}/topic-arn`,
} as const;

/** Prefixes inside the data and the artifact bucket; they never start or end with a slash. */
export const prefixes = {
  /** Raw rows that a use case trains on (data bucket). */
  raw: (useCase: string) => `${useCase}/raw`,
  /** Ground-truth records by inference id, yyyy/mm/dd/hh below it (data bucket). */
  groundTruth: (useCase: string) => `${useCase}/ground-truth`,
  /** Captured rows joined with their labels, versioned (data bucket). */
  labelled: (useCase: string) => `${useCase}/labelled`,
  /** Data capture; SageMaker appends <endpoint>/<variant>/yyyy/mm/dd/hh (data bucket). */
  capture: (useCase: string) => `${useCase}/capture`,
  /** CSV files that are scored on a schedule: rows of raw features without header (data bucket). */
  batchInput: (useCase: string) => `${useCase}/batch/input`,
  /** Answers of batch runs, <yyyy-mm-ddThh-mm-ss>/<file>.out below it (data bucket). */
  batchOutput: (useCase: string) => `${useCase}/batch/output`,
  /** Requests of an asynchronous stage: the endpoint reads nothing else (data bucket). */
  asyncInput: (useCase: string, stage: StageName = 'production') => `${useCase}/async/${stage}/input`,
  /** Answers of an asynchronous stage, one object each, named by SageMaker (data bucket). */
  asyncOutput: (useCase: string, stage: StageName = 'production') => `${useCase}/async/${stage}/output`,
  /** What became of requests to an asynchronous stage that failed (data bucket). */
  asyncFailures: (useCase: string, stage: StageName = 'production') => `${useCase}/async/${stage}/failures`,
  /** Outputs of pipeline steps, <execution-id>/<step>/<output> below it (artifact bucket). */
  executions: (useCase: string) => `${useCase}/executions`,
  /** Pipeline definitions that are too large for a request, by the hash of their content (artifact bucket). */
  definitions: (useCase: string) => `${useCase}/definitions`,
  /** The live manifest and the baselines of the live model (artifact bucket). */
  live: (useCase: string, stage: StageName = 'production') => `${useCase}/live/${stage}`,
  /** Reports of monitor runs, <kind>/<yyyy-mm-ddThh-mm-ss> below it (artifact bucket). */
  monitoring: (useCase: string) => `${useCase}/monitoring`,
  /** Decisions of the retrain function, one JSON object each (artifact bucket). */
  decisions: (useCase: string) => `${useCase}/decisions`,
  /** Reports of the tests of a version in a stage, <stage>/v<version> below it (artifact bucket). */
  tests: (useCase: string) => `${useCase}/tests`,
  /** Markers that make event handling idempotent (artifact bucket). */
  markers: (useCase: string) => `${useCase}/markers`,
} as const;

/** Files below {@link prefixes.live}. */
export const liveFiles = {
  manifest: 'manifest.json',
  statistics: 'statistics.json',
  constraints: 'constraints.json',
  bias: 'analysis.json',
  evaluation: 'evaluation.json',
  explanations: 'explanations.json',
  /** Statistics of the model's answers on the test set. */
  predictions: 'prediction_statistics.json',
} as const;

/** CustomerMetadataProperties of a model package: the chain of evidence. */
export const metadataKeys = {
  commit: 'git_commit',
  tag: 'git_tag',
  useCaseVersion: 'use_case_version',
  dataHash: 'data_hash',
  image: 'image_uri',
  imageDigest: 'image_digest',
  configHash: 'config_hash',
  executionArn: 'pipeline_execution_arn',
  trigger: 'trigger',
  /** Where the statistics of the model's answers on the test set lie: the registry has no field for them. */
  predictions: 'prediction_statistics_uri',
  /** Where evaluation.json lies: the registry's fields hold Model Monitor's layouts only. */
  evaluation: 'evaluation_uri',
  /** Who let a released version into production. */
  approvedBy: 'approved_by',
} as const;
