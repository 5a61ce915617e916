import { featureNames, type Stage, type UseCase } from './use-case';

/**
 * What a function knows of its use case, as JSON in its environment (which holds 4 KB at most, so only what it needs).
 */
export interface DeploySettings {
  readonly task: UseCase['task'];
  readonly label: string;
  readonly stage: Stage;
}

export interface RetrainSettings {
  readonly retraining: UseCase['retraining'];
  readonly hyperparameters: UseCase['training']['hyperparameters'];
  readonly approval: Stage['approval'];
  /** Cadence of the data monitor: two of them must pass before a retraining can be called useless. */
  readonly every: string;
  readonly label: string;
}

export interface NotifySettings {
  readonly title: string;
  readonly features: readonly { readonly name: string; readonly threshold: number }[];
}

export interface LabelSettings {
  readonly task: UseCase['task'];
  /** The label's column: type, bounds, categories. */
  readonly column: UseCase['dataset']['columns'][number];
}

export function deploySettings(useCase: UseCase, stage: Stage): DeploySettings {
  return { task: useCase.task, label: useCase.dataset.label, stage };
}

export function retrainSettings(useCase: UseCase): RetrainSettings {
  return {
    retraining: useCase.retraining,
    hyperparameters: useCase.training.hyperparameters,
    approval: useCase.stages.production.approval,
    every: useCase.monitoring.every,
    label: useCase.dataset.label,
  };
}

export function notifySettings(useCase: UseCase): NotifySettings {
  const features = featureNames(useCase);
  const watched = useCase.monitoring.features.filter((each) => features.includes(each.name));
  return { title: useCase.title, features: watched.map(({ name, threshold }) => ({ name, threshold })) };
}

/** @throws Error when the label is no column, which the schema rules out. */
export function labelSettings({ task, dataset }: UseCase): LabelSettings {
  const column = dataset.columns.find((each) => each.name === dataset.label);
  if (column === undefined) throw new Error(`no column '${dataset.label}' in dataset.columns`);
  return { task, column };
}
