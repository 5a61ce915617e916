import { availableParallelism } from 'node:os';

/** Hyper-parameters as a script sees them: the SDK writes every value as JSON, hand-made requests write plain text. */
export function decodeHyperparameters(raw: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const decode = (value: string): unknown => {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  };
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, decode(value)]));
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** `--key value` for every hyper-parameter of the user, in name order, as the training toolkit passes them. */
export function scriptArguments(hyperparameters: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(hyperparameters)
    .filter((key) => !key.startsWith('sagemaker_'))
    .sort()
    .flatMap((key) => [`${key.length === 1 ? '-' : '--'}${key}`, plain(hyperparameters[key])]);
}

export interface TrainingEnvironmentInput {
  readonly jobName: string;
  readonly jobArn: string;
  readonly region: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly channels: readonly string[];
  readonly inputDataConfig: unknown;
  readonly resourceConfig: unknown;
  readonly framework: string;
  readonly program?: string;
  readonly submitDirectory?: string;
  /** False when the job starts a command of its own: the SM_* variables are the toolkit's. */
  readonly toolkit: boolean;
}

/** Variables of a training job: the service's own, and the SM_* of SageMaker's training toolkit. Paths are the container's. */
export function trainingEnvironment(input: TrainingEnvironmentInput): Readonly<Record<string, string>> {
  const ofTheService = { TRAINING_JOB_NAME: input.jobName, TRAINING_JOB_ARN: input.jobArn };
  if (!input.toolkit) return ofTheService;
  const user = Object.fromEntries(
    Object.entries(input.hyperparameters).filter(([key]) => !key.startsWith('sagemaker_')),
  );
  const module = input.program?.replace(/\.py$/, '') ?? '';
  const cpus = String(availableParallelism());
  const channels = [...input.channels].sort();
  const shared = {
    SM_HOSTS: '["algo-1"]',
    SM_CURRENT_HOST: 'algo-1',
    SM_HPS: JSON.stringify(user),
    SM_NUM_CPUS: cpus,
    SM_NUM_GPUS: '0',
    SM_NUM_NEURONS: '0',
    SM_NETWORK_INTERFACE_NAME: 'lo',
    SM_MODEL_DIR: '/opt/ml/model',
    SM_OUTPUT_DIR: '/opt/ml/output',
    SM_OUTPUT_DATA_DIR: '/opt/ml/output/data',
    SM_OUTPUT_INTERMEDIATE_DIR: '/opt/ml/output/intermediate',
    SM_INPUT_DIR: '/opt/ml/input',
    SM_INPUT_CONFIG_DIR: '/opt/ml/input/config',
    SM_CHANNELS: JSON.stringify(channels),
    SM_INPUT_DATA_CONFIG: JSON.stringify(input.inputDataConfig),
    SM_RESOURCE_CONFIG: JSON.stringify(input.resourceConfig),
    SM_LOG_LEVEL: '20',
    SM_FRAMEWORK_MODULE:
      input.framework === 'xgboost'
        ? 'sagemaker_xgboost_container.training:main'
        : 'sagemaker_sklearn_container.training:main',
    SM_USER_ENTRY_POINT: input.program ?? '',
    SM_MODULE_NAME: module,
    SM_MODULE_DIR: input.submitDirectory ?? '',
    SM_USER_ARGS: JSON.stringify(scriptArguments(input.hyperparameters)),
  };
  return {
    ...shared,
    SM_TRAINING_ENV: JSON.stringify({
      channel_input_dirs: Object.fromEntries(channels.map((each) => [each, `/opt/ml/input/data/${each}`])),
      current_host: 'algo-1',
      hosts: ['algo-1'],
      hyperparameters: user,
      input_config_dir: '/opt/ml/input/config',
      input_data_config: input.inputDataConfig,
      input_dir: '/opt/ml/input',
      job_name: input.jobName,
      model_dir: '/opt/ml/model',
      module_dir: input.submitDirectory ?? '',
      module_name: module,
      num_cpus: Number(cpus),
      num_gpus: 0,
      output_data_dir: '/opt/ml/output/data',
      output_dir: '/opt/ml/output',
      resource_config: input.resourceConfig,
      user_entry_point: input.program ?? '',
    }),
    ...Object.fromEntries(channels.map((each) => [`SM_CHANNEL_${each.toUpperCase()}`, `/opt/ml/input/data/${each}`])),
    ...Object.fromEntries(
      Object.entries(user).map(([key, value]) => [`SM_HP_${key.toUpperCase().replaceAll('-', '_')}`, plain(value)]),
    ),
    ...ofTheService,
    SAGEMAKER_REGION: input.region,
    SAGEMAKER_JOB_NAME: input.jobName,
  };
}
