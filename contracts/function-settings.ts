import { type VpcConfig, vpcConfigOf } from '@mooring/use-case/sections/network';
import { answerType, type DriftDirection, driftDirection } from '@mooring/use-case/drift-detectors';
import { durationSeconds } from '@mooring/use-case/duration';
import { fairValue } from './bias-distance';
import type { MonitorKind } from './names';
import { errorMetrics } from '@mooring/use-case/error-metrics';
import { featureNames, type Stage, type UseCase } from '@mooring/use-case/use-case';

/**
 * What a function knows of its use case, as JSON in its environment (which holds 4 KB at most, so only what it needs).
 */
export interface DeploySettings {
  readonly task: UseCase['task'];
  readonly label: string;
  readonly stage: Stage;
  readonly approvals: Approvals;
  /** Whether a version that serves here well is approved for production at once. */
  readonly promotes: boolean;
  /** Where models run; absent: outside of a VPC, isolated. */
  readonly network?: ModelNetwork;
  /** Whether production takes only versions whose tests in staging passed. */
  readonly tested: boolean;
}

/**
 * Where the approval of a stage comes from: the registry's status (`registry`), the package's life-cycle stage after it
 * served in staging (`life-cycle`), or a release that calls the function itself (`release`).
 */
export type Approvals = 'registry' | 'life-cycle' | 'release';

export interface RetrainSettings {
  readonly retraining: UseCase['retraining'];
  readonly hyperparameters: UseCase['training']['hyperparameters'];
  readonly approval: Stage['approval'];
  readonly every: string;
  readonly label: string;
  /** Whether a new model has to beat the live one. */
  readonly champion: boolean;
  /** Seconds a new model must serve before a firing alarm says something about it: the longest window, cadence and lag. */
  readonly settles: number;
  /** Hash of the whole use case, as each version carries it; the stack that makes the function adds it. */
  readonly configHash?: string;
}

/** Name of the file beside the notify function's code: each monitored feature makes it longer, and no environment holds many. */
export const notifyFile = 'notify.json';

/** What the notify function knows of its use case: the file {@link notifyFile}. */
export interface NotifySettings {
  readonly title: string;
  /** `direction`: whether drift is a value above the threshold (distances) or below it (p-values). */
  readonly features: readonly {
    readonly name: string;
    readonly threshold: number;
    readonly direction: DriftDirection;
  }[];
  /** Alarms of the further monitors that mean drift, by the end of their name. */
  readonly bounds: readonly {
    readonly alarm: string;
    readonly kind: MonitorKind;
    readonly what: string;
    readonly threshold: number;
    readonly direction: DriftDirection;
  }[];
}

/** What a label of the use case may be; packages/use-case/src/label-rule.ts judges by it. */
export interface LabelSettings {
  readonly task: UseCase['task'];
  /** The label's column: type, bounds, categories. */
  readonly column: UseCase['dataset']['columns'][number];
  readonly positive?: UseCase['dataset']['positive'];
  readonly negative?: UseCase['dataset']['negative'];
  /** Spellings of "no value" of the data set, where they are not the usual ones. */
  readonly missing?: readonly string[];
}

export function deploySettings(useCase: UseCase, stage: Stage, approvals: Approvals): DeploySettings {
  const { staging, production } = useCase.stages;
  const tested = staging?.tests !== undefined;
  const promotes = stage === staging && approvals === 'registry' && production.approval === 'auto' && !tested;
  return {
    ...{ task: useCase.task, label: useCase.dataset.label, stage: withoutTests(stage), approvals, promotes, tested },
    ...modelNetwork(useCase),
  };
}

/** What CreateModel says about the network. */
export interface ModelNetwork {
  readonly isolation: boolean;
  readonly vpc?: VpcConfig;
}

/** `{network}` of a function's settings; nothing when the use case says nothing. */
export function modelNetwork({ network }: UseCase): { readonly network?: ModelNetwork } {
  if (network === undefined) return {};
  return { network: { isolation: network.isolation, vpc: vpcConfigOf(network) } };
}

/**
 * The tests and the alarms are others' business, and the environment of a function holds 4 KB. A serverless endpoint captures nothing, whatever
 * the front door does about it.
 */
function withoutTests({ tests: _tests, alarms: _alarms, ...stage }: Stage): Stage {
  return stage.serverless === undefined ? stage : { ...stage, capture: 0 };
}

export function retrainSettings(useCase: UseCase): RetrainSettings {
  return {
    retraining: useCase.retraining,
    hyperparameters: useCase.training.hyperparameters,
    approval: useCase.stages.production.approval,
    every: useCase.monitoring.every,
    label: useCase.dataset.label,
    champion: useCase.gates.champion,
    settles: settlingSeconds(useCase),
  };
}

/**
 * How long a model must serve before every alarm has seen nothing but its answers.
 *
 * A window and the run after it, as often as an alarm looks back; monitors that need ground truth wait for the labels as well.
 */
function settlingSeconds({ monitoring, labels }: UseCase): number {
  const run = ({ every, window }: { readonly every: string; readonly window?: string }): number =>
    monitoring.alarm.windows * durationSeconds(every) + durationSeconds(window ?? every);
  const lag = labels === undefined ? 0 : durationSeconds(labels.expected_within);
  const { quality, bias, explanations } = monitoring;
  return Math.max(
    run(monitoring),
    ...(explanations === undefined ? [] : [run(explanations)]),
    ...[quality, bias].flatMap((each) => (each === undefined ? [] : [run(each) + lag])),
  );
}

export function notifySettings(useCase: UseCase): NotifySettings {
  const features = featureNames(useCase);
  const watched = useCase.monitoring.features.filter(
    ({ name }) => features.includes(name) || answerType(name, useCase.task) !== undefined,
  );
  return {
    title: useCase.title,
    features: watched.map(({ name, threshold, detector }) => ({
      name,
      threshold,
      direction: driftDirection(detector),
    })),
    bounds: furtherBounds(useCase),
  };
}

function furtherBounds({ monitoring: { quality, bias, explanations } }: UseCase): NotifySettings['bounds'] {
  const fair = bias === undefined ? 0 : fairValue(bias.metric);
  const ofBias = (direction: DriftDirection, max: number, end: string) => ({
    alarm: `bias-${bias?.metric ?? ''}-${end}`,
    kind: 'bias' as const,
    what: `bias ${bias?.metric ?? ''} of the answers`,
    threshold: fair + max,
    direction,
  });
  return [
    ...(quality === undefined
      ? []
      : [
          {
            alarm: `quality-${quality.metric}`,
            kind: 'quality' as const,
            what: `${quality.metric} against ground truth`,
            threshold: quality.bound,
            direction: errorMetrics.includes(quality.metric) ? ('above' as const) : ('below' as const),
          },
        ]),
    ...(bias === undefined ? [] : [ofBias('above', bias.max, 'high'), ofBias('below', -bias.max, 'low')]),
    ...(explanations === undefined
      ? []
      : [
          {
            alarm: 'explanations',
            kind: 'explanations' as const,
            what: 'order of the features by influence (NDCG)',
            threshold: explanations.min_ndcg,
            direction: 'below' as const,
          },
        ]),
  ];
}

/** @throws Error when the label is no column, which the schema rules out. */
export function labelSettings({ task, dataset }: UseCase): LabelSettings {
  const column = dataset.columns.find((each) => each.name === dataset.label);
  if (column === undefined) throw new Error(`no column '${dataset.label}' in dataset.columns`);
  const { positive, negative, read } = dataset;
  return { task, column, positive, negative, missing: read?.missing };
}
