import { z } from 'zod';
import { batch } from './batch';
import { compute } from './compute';
import { answerType, defaultDetector, defaultThreshold, detectorNames } from './drift-detectors';
import { notifications } from './notifications';
import { asynchronous, serverless, trial } from './serving-variety';
import { stageTests } from './stage-tests';
import { checkUseCase } from './use-case-checks';

/**
 * The one change point of a use case: the schema of `pipeline-defs/<use-case>/use-case.yaml`.
 *
 * Types are inferred from it, `contracts/use-case.schema.json` is emitted from it for editors, and the very same
 * document (defaults filled in, as JSON) travels to the Python steps and to the monitor.
 * Keys are snake_case because people write YAML and Python reads it.
 */

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by single hyphens, e.g. credit-risk')
  .max(30);
const columnName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]*$/, 'letters, digits, _ and ., not starting with a digit')
  .max(64);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const instanceType = z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'a SageMaker instance type, e.g. ml.m5.large');
/** An ISO-8601-like short duration: 15m, 1h, 2d. */
const duration = z.string().regex(/^[1-9][0-9]*(m|h|d)$/, 'a number and a unit: 15m, 1h, 2d');

export const columnTypes = ['integer', 'number', 'category', 'text', 'timestamp'] as const;
const column = z.strictObject({
  name: columnName,
  type: z.enum(columnTypes),
  /** Known values of a category; learnt from the training set when absent. */
  categories: z.array(scalar).min(1).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  nullable: z.boolean().default(true),
});

const dataset = z.strictObject({
  /** Where the raw rows are: an s3:// prefix, or a path relative to the use case's folder. Default: the use case's `raw/` prefix in the data bucket. */
  location: z.string().min(1).optional(),
  format: z.enum(['csv', 'parquet']).default('csv'),
  columns: z.array(column).min(1),
  /** Column to learn. It is not a feature. */
  label: columnName,
  /** Value of the label that counts as 1 (binary tasks). */
  positive: scalar.optional(),
  /** Column with the time of a row, for splits by time. Not a feature. */
  time: columnName.optional(),
  /** Column that identifies a row. Not a feature. */
  key: columnName.optional(),
  /** Feature that holds the label's last known value when a prediction is made: the answer of the persistence baseline. */
  persistence: columnName.optional(),
});

const split = z.strictObject({
  method: z.enum(['random', 'time']).default('random'),
  test_size: z.number().gt(0).lt(1).default(0.2),
  seed: z.number().int().min(0).default(42),
});

const facet = z.strictObject({
  name: columnName,
  /** Value of the disadvantaged group (Clarify's sensitive group d). */
  disadvantaged: scalar.optional(),
  /** For a continuous facet: rows above this value are the disadvantaged group. */
  threshold: z.number().optional(),
});

export const preTrainingBiasMetrics = ['CI', 'DPL', 'KL', 'JS', 'LP', 'TVD', 'KS', 'CDDL'] as const;
export const postTrainingBiasMetrics = [
  'DPPL',
  'DI',
  'DCA',
  'DCR',
  'RD',
  'DAR',
  'DRR',
  'AD',
  'TE',
  'FT',
  'CDDPL',
  'SD',
  'GE',
] as const;
export const qualityMetrics = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'auc',
  'rmse',
  'mae',
  'mse',
  'r2',
  'mape',
] as const;

const fairness = z.strictObject({
  facets: z.array(facet).min(1).max(5),
  /** Gate before training: bounds the distance of the first facet's metric from fairness: |metric|, for DI |1 - DI|. */
  before_training: z.strictObject({ metric: z.enum(preTrainingBiasMetrics), max: z.number().min(0) }).optional(),
  /** Gate after training: the same of the predictions. */
  after_training: z.strictObject({ metric: z.enum(postTrainingBiasMetrics), max: z.number().min(0) }).optional(),
  /** Column by whose values CDDL and CDDPL are conditioned. */
  group_variable: columnName.optional(),
});

const gates = z.strictObject({
  quality: z.strictObject({
    metric: z.enum(qualityMetrics),
    /** Bound: lowest value allowed for scores, highest for errors (rmse, mae, mse, mape). */
    bound: z.number(),
  }),
  /** Naive baselines the model must beat to be registered. */
  beat: z.array(z.enum(['majority', 'mean', 'persistence'])).default([]),
  /** Must beat the live model on the same test set before it is registered. */
  champion: z.boolean().default(false),
});

const training = z.strictObject({
  framework: z.enum(['xgboost', 'scikit-learn']).default('xgboost'),
  /** Own training image (URI); default: the framework's prebuilt SageMaker image. */
  image: z.string().optional(),
  instance: instanceType.default('ml.m5.large'),
  processing_instance: instanceType.default('ml.m5.large'),
  /** Passed to the training script. */
  hyperparameters: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), scalar).default({}),
  /** Share of the training rows held back to choose the decision threshold and stop early. */
  validation_size: z.number().gt(0).lt(1).default(0.1),
  tuning: z
    .strictObject({
      max_jobs: z.number().int().min(1).max(100),
      max_parallel: z.number().int().min(1).max(10).default(2),
      ranges: z.record(z.string(), z.union([z.tuple([z.number(), z.number()]), z.array(z.string()).min(1)])),
    })
    .optional(),
});

const monitoredFeature = z.strictObject({
  /** A feature; `prediction` or `score` watch the model's answers. */
  name: columnName,
  /** Alarm when the feature's drift value passes it, in the detector's direction; default: the detector's own. */
  threshold: z.number().min(0).optional(),
  /** Default: `robust` for numbers, `linf` for categories. */
  detector: z.enum(detectorNames).optional(),
  /**
   * Alarm when the drift value leaves what was usual for it by so many standard deviations (CloudWatch anomaly detection),
   * not when it passes the threshold; reports go on judging by the threshold. For AWS: the local account refuses such alarms.
   */
  band: z.number().min(0.5).max(10).optional(),
});

const monitoring = z.strictObject({
  engine: z.enum(['open', 'model-monitor']).default('open'),
  /** Whose rows all monitors watch: captured requests of the endpoint, or what the section `batch` scores. */
  source: z.enum(['endpoint', 'batch']).default('endpoint'),
  /** Cadence of the data monitor. */
  every: duration.default('1h'),
  /** How far back the rows of one run reach; default: one cadence. */
  window: duration.optional(),
  /** Features with an alarm of their own. */
  features: z.array(monitoredFeature).default([]),
  /** Fewer captured rows than this give a skipped verdict instead of a wrong one. */
  min_sample: z.number().int().min(1).default(50),
  instance: instanceType.default('ml.t3.large'),
  /** A Spark cluster for baselines of data too large for one machine. Left out: one process. */
  compute: compute.optional(),
  /** How many of the last windows must be out of bounds before an alarm rings: `datapoints` of `windows`. */
  alarm: z
    .strictObject({
      datapoints: z.number().int().min(1).max(100).default(1),
      windows: z.number().int().min(1).max(100).default(1),
    })
    .prefault({}),
  /** Further monitors, each with a cadence of its own; they need ground truth, except explanations. */
  quality: z
    .strictObject({
      every: duration.default('1d'),
      window: duration.optional(),
      metric: z.enum(qualityMetrics),
      bound: z.number(),
    })
    .optional(),
  bias: z
    .strictObject({
      every: duration.default('1d'),
      window: duration.optional(),
      metric: z.enum(postTrainingBiasMetrics),
      max: z.number(),
    })
    .optional(),
  explanations: z
    .strictObject({
      every: duration.default('1d'),
      window: duration.optional(),
      min_ndcg: z.number().gt(0).max(1).default(0.9),
    })
    .optional(),
});

const trafficShift = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('all-at-once'), bake: duration.default('5m') }),
  z.strictObject({
    type: z.literal('canary'),
    percent: z.number().int().min(1).max(50),
    bake: duration.default('10m'),
  }),
  z.strictObject({
    type: z.literal('linear'),
    percent: z.number().int().min(10).max(50),
    bake: duration.default('5m'),
  }),
  z.strictObject({
    type: z.literal('rolling'),
    percent: z.number().int().min(5).max(50),
    bake: duration.default('5m'),
  }),
]);

const stage = z.strictObject({
  instance: instanceType.default('ml.m5.large'),
  count: z.number().int().min(1).max(100).default(1),
  shift: trafficShift.default({ type: 'all-at-once', bake: '5m' }),
  approval: z.enum(['auto', 'manual']).default('manual'),
  /** Share of requests captured, in percent. */
  capture: z.number().int().min(0).max(100).default(100),
  /** Without instances; instance and count do not count then. */
  serverless: serverless.optional(),
  /** Requests and answers as objects in S3 instead of calls that are waited for. */
  async: asynchronous.optional(),
  /** What an approved version goes through before it replaces the live one; default: nothing more. */
  trial: trial.optional(),
  /** Tests of a version that serves here (`mooring test`); of staging: what production asks for. */
  tests: stageTests.optional(),
  autoscaling: z
    .strictObject({
      min: z.number().int().min(1),
      max: z.number().int().min(1),
      invocations_per_instance: z.number().int().min(1).default(750),
    })
    .optional(),
});

const retraining = z.strictObject({
  on_drift: z.boolean().default(true),
  schedule: z
    .string()
    .regex(/^(cron|rate)\(.+\)$/, 'cron(...) or rate(...)')
    .optional(),
  on_new_data: z.boolean().default(false),
  cool_down: duration.default('6h'),
  max_per_day: z.number().int().min(1).default(3),
  min_new_labels: z.number().int().min(0).default(0),
  /** What of the past is trained on: everything, everything plus the labelled window, or the window alone. */
  data: z.enum(['base', 'base+window', 'window']).default('base+window'),
  window: duration.default('30d'),
  /**
   * Age at which a row counts half as much as a new one in training; all count the same by default. Base rows are taken to
   * be as old as `window`, unless dataset.time tells.
   */
  half_life: duration.optional(),
  envelope: z
    .strictObject({
      hyperparameters: z.record(z.string(), z.tuple([z.number(), z.number()])).default({}),
      max_data_age: duration.optional(),
    })
    .default({ hyperparameters: {} }),
});

/** Ground truth that arrives after the predictions. Left out: nothing is joined, and retraining sees the base data alone. */
const labels = z.strictObject({
  /** Cadence of the join of labels with captured rows; each run writes a version of labelled rows. */
  every: duration.default('1d'),
  /** Age at which a prediction should have its label; younger ones do not count against coverage. */
  expected_within: duration.default('1d'),
  /** Alarm when a smaller share of such predictions has a label. */
  min_coverage: z.number().gt(0).max(1).default(0.5),
  /** Alarm when 5 % of the labels take longer than this; no alarm by default. */
  max_lag: duration.optional(),
});

const origin = z.string().regex(/^https?:\/\/[A-Za-z0-9.-]+(:[0-9]+)?$/, 'an origin such as https://loans.example.com');

/** The front door: an HTTP API with predictions and labels. Left out: the endpoint is reached through InvokeEndpoint only. */
const api = z.strictObject({
  /** Who may call: AWS principals that are allowed execute-api:Invoke, or holders of an issuer's token. */
  authorization: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('iam') }),
      z.strictObject({
        type: z.literal('jwt'),
        issuer: z.url({ protocol: /^https$/, error: 'an https URL, as the iss claim of the tokens spells it' }),
        audience: z.array(z.string().min(1)).min(1),
        /** Scopes of which a token must have one; none by default. */
        scopes: z.array(z.string().min(1)).default([]),
      }),
    ])
    .default({ type: 'iam' }),
  /** Requests per second and burst of the whole API; what exceeds them gets a 429. */
  throttling: z
    .strictObject({
      rate: z.number().int().min(1).max(10_000).default(100),
      burst: z.number().int().min(1).max(5_000).default(200),
    })
    .prefault({}),
  /** Origins whose web pages may call from a browser; none by default. */
  cors: z.strictObject({ origins: z.array(origin).min(1), max_age: duration.default('1h') }).optional(),
  /** What becomes of a request with a category that training never saw. */
  unknown_categories: z.enum(['refuse', 'accept']).default('refuse'),
  /** Whether callers may ask for reasons; such a request calls the endpoint twice. */
  explanations: z.boolean().default(true),
  /** Largest request body in bytes. */
  max_body: z.number().int().min(1_024).max(1_048_576).default(65_536),
  alarms: z
    .strictObject({
      /** p95 of the whole answer in milliseconds. */
      latency: z.number().int().min(1).max(30_000).default(1_000),
      /** Share of requests answered with a 5xx, in percent. */
      errors: z.number().gt(0).max(100).default(1),
    })
    .prefault({}),
});

export const useCaseSchema = z
  .strictObject({
    name: identifier,
    title: z.string().min(1).max(120),
    /** Intended purpose, in a sentence; it goes into the model card. */
    purpose: z.string().min(1).max(1000),
    version: z
      .string()
      .regex(/^[0-9]+\.[0-9]+(\.[0-9]+)?$/, 'a version such as 1.0')
      .default('1.0'),
    task: z.enum(['binary', 'multiclass', 'regression', 'forecast']),
    dataset,
    split: split.default({ method: 'random', test_size: 0.2, seed: 42 }),
    fairness: fairness.optional(),
    gates,
    training: training.prefault({}),
    monitoring: monitoring.prefault({}),
    stages: z.strictObject({ staging: stage.optional(), production: stage.prefault({}) }).prefault({}),
    api: api.optional(),
    /** Files scored on a schedule, beside the endpoint. Left out: none. */
    batch: batch.optional(),
    labels: labels.optional(),
    retraining: retraining.prefault({}),
    notifications: notifications.prefault({}),
  })
  .superRefine((useCase, context) => {
    for (const { path, message } of checkUseCase(useCase))
      context.addIssue({ code: 'custom', path: [...path], message });
  })
  .transform((useCase) => ({ ...useCase, monitoring: withDetectors(useCase) }));

/** Each monitored feature with its detector and threshold, so that alarms, messages and the monitor read the same. */
function withDetectors({ task, dataset, monitoring: section }: Detectable): MonitoringWithDetectors {
  const features = section.features.map(({ name, detector, threshold, band }) => {
    const type = answerType(name, task) ?? dataset.columns.find((each) => each.name === name)?.type;
    const chosen = detector ?? defaultDetector(type);
    return {
      name,
      detector: chosen,
      threshold: threshold ?? defaultThreshold(chosen),
      ...(band === undefined ? {} : { band }),
    };
  });
  return { ...section, features };
}

interface Detectable {
  readonly task: string;
  readonly dataset: z.infer<typeof dataset>;
  readonly monitoring: z.infer<typeof monitoring>;
}

type Monitored = z.infer<typeof monitoredFeature>;
type WithDetector = Monitored & Required<Pick<Monitored, 'detector' | 'threshold'>>;
type MonitoringWithDetectors = Omit<z.infer<typeof monitoring>, 'features'> & {
  readonly features: readonly WithDetector[];
};

export type UseCase = z.infer<typeof useCaseSchema>;
export type Column = UseCase['dataset']['columns'][number];
export type Stage = UseCase['stages']['production'];
export type Labels = NonNullable<UseCase['labels']>;
export type Api = NonNullable<UseCase['api']>;

/** Names of the columns a model may learn from: all but label, time and key, in the order of the YAML. */
export function featureNames(useCase: {
  readonly dataset: {
    readonly columns: readonly { readonly name: string }[];
    readonly label: string;
    readonly time?: string;
    readonly key?: string;
  };
}): string[] {
  const { columns, label, time, key } = useCase.dataset;
  return columns.map((each) => each.name).filter((name) => name !== label && name !== time && name !== key);
}
