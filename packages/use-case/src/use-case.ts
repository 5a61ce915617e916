import { z } from 'zod';
import { answerType, defaultDetector, defaultThreshold } from './drift-detectors';
import { checkUseCase } from './use-case-checks';
import { api } from './sections/api';
import { batch } from './sections/batch';
import { dataset, split } from './sections/dataset';
import { fairness } from './sections/fairness';
import { gates } from './sections/gates';
import { labels } from './sections/labels';
import { type monitoredFeature, monitoring } from './sections/monitoring';
import { network } from './sections/network';
import { notifications } from './sections/notifications';
import { retraining } from './sections/retraining';
import { risk } from './sections/risk';
import { stage } from './sections/stage';
import { training } from './sections/training';
import { identifier } from './sections/values';

/**
 * The one change point of a use case: the schema of `pipeline-defs/<use-case>/use-case.yaml`; its sections
 * are in `use-case/`.
 *
 * Types are inferred from it, `packages/use-case/src/use-case.schema.json` is emitted from it for editors, and the very same
 * document (defaults filled in, as JSON) travels to the Python steps and to the monitor.
 * Keys are snake_case because people write YAML and Python reads it.
 */
export const useCaseSchema = z
  .strictObject({
    name: identifier,
    title: z.string().min(1).max(120),
    /** Intended purpose, in a sentence; it goes into the model card. */
    purpose: z.string().min(1).max(1000),
    /** How much harm wrong answers can do, for the model card. Left out: Unknown. */
    risk: risk.optional(),
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
    /** Where jobs, models and functions run. Left out: as mooring.yaml says, else outside of a VPC and isolated. */
    network: network.optional(),
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
