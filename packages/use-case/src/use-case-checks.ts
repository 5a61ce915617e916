import { checkBatchMonitoring } from './sections/batch-checks';
import { checkDataset } from './sections/dataset-checks';
import { answerNames } from './drift-detectors';
import { lookedSeconds } from './duration';
import { errorMetrics } from './error-metrics';
import { checkMonitoring, checkRetraining, type LookedMonitoring } from './sections/monitoring-checks';
import { checkServing } from './sections/serving-checks';

/** What of a use case the checks look at; any of it may be missing or of a wrong type when the document is invalid. */
interface Looked extends LookedMonitoring {
  readonly task?: unknown;
  readonly dataset?: {
    readonly columns?: readonly { readonly name?: unknown; readonly type?: unknown }[];
    readonly label?: unknown;
    readonly positive?: unknown;
    readonly time?: unknown;
    readonly key?: unknown;
    readonly persistence?: unknown;
  };
  readonly split?: { readonly method?: unknown };
  readonly fairness?: {
    readonly facets?: readonly {
      readonly name?: unknown;
      readonly disadvantaged?: unknown;
      readonly threshold?: unknown;
    }[];
    readonly group_variable?: unknown;
  };
  readonly gates?: {
    readonly quality?: { readonly metric?: unknown; readonly bound?: unknown };
    readonly beat?: readonly unknown[];
  };
  readonly stages?: Readonly<
    Record<
      string,
      | {
          readonly instance?: unknown;
          readonly count?: unknown;
          readonly shift?: { readonly type?: unknown; readonly percent?: unknown; readonly bake?: unknown };
          readonly autoscaling?: { readonly min?: unknown; readonly max?: unknown };
        }
      | undefined
    >
  >;
}

/** A problem and where it is. */
export interface Complaint {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Complain = (path: (string | number)[], message: string) => void;

const tasks: readonly string[] = ['binary', 'multiclass', 'regression', 'forecast'];
const classification: readonly string[] = ['accuracy', 'precision', 'recall', 'f1', 'auc'];
const regression: readonly string[] = [...errorMetrics, 'r2'];
/** SageMaker's bounds: a wait of a traffic shift, and the whole of a deployment. */
const longestWait = 3_600;
const longestDeployment = 28_800;

/**
 * What a schema cannot say: names that must exist elsewhere in the document, and combinations that SageMaker refuses.
 *
 * @param document what the schema accepted. A check that throws is a mistake in the check and is not caught.
 */
export function checkUseCase(document: unknown, checks: readonly Check[] = allChecks): Complaint[] {
  return complaintsOf(document, checks, (error) => {
    throw error;
  });
}

/**
 * The same for a document that the schema refused, so that a user sees all problems at once.
 *
 * A check may fail on a part of a wrong shape; the schema has reported that part, and the document is refused anyway.
 */
export function checkRefusedUseCase(document: unknown, checks: readonly Check[] = allChecks): Complaint[] {
  return complaintsOf(document, checks, (error) => {
    if (!(error instanceof TypeError)) throw error;
  });
}

type Check = (useCase: Looked, complain: Complain) => void;

const allChecks: readonly Check[] = [
  checkColumns,
  checkDataset,
  checkTask,
  checkBounds,
  checkFairness,
  checkMonitoring,
  checkBatchMonitoring,
  checkRetraining,
  checkStages,
  checkServing,
];

function complaintsOf(document: unknown, checks: readonly Check[], failed: (error: unknown) => void): Complaint[] {
  const complaints: Complaint[] = [];
  if (typeof document !== 'object' || document === null) return complaints;
  for (const check of checks) {
    try {
      check(document, (path, message) => complaints.push({ path, message }));
    } catch (error) {
      failed(error);
    }
  }
  return complaints;
}

function columnNames(useCase: Looked): string[] {
  return (useCase.dataset?.columns ?? []).map((each) => String(each.name));
}

function features(useCase: Looked): string[] {
  const { label, time, key } = useCase.dataset ?? {};
  return columnNames(useCase).filter((name) => name !== label && name !== time && name !== key);
}

function mustBeColumn(useCase: Looked, complain: Complain, path: (string | number)[], value: unknown): void {
  const columns = columnNames(useCase);
  if (value === undefined || columns.includes(String(value))) return;
  complain(path, `no column '${String(value)}' in dataset.columns; there are: ${columns.join(', ')}`);
}

function checkColumns(useCase: Looked, complain: Complain): void {
  const seen = new Set<string>();
  columnNames(useCase).forEach((name, index) => {
    if (seen.has(name)) complain(['dataset', 'columns', index, 'name'], `column '${name}' is listed twice`);
    if (answerNames.includes(name))
      complain(
        ['dataset', 'columns', index, 'name'],
        `'${name}' is what the model's answers are called; rename the column`,
      );
    seen.add(name);
  });
  for (const role of ['label', 'time', 'key'] as const)
    mustBeColumn(useCase, complain, ['dataset', role], useCase.dataset?.[role]);
  if (useCase.split?.method === 'time' && useCase.dataset?.time === undefined) {
    complain(['dataset', 'time'], 'a split by time needs the time column');
  }
}

function checkTask(useCase: Looked, complain: Complain): void {
  const { task } = useCase;
  if (task === 'binary' && useCase.dataset?.positive === undefined) {
    complain(['dataset', 'positive'], 'a binary task needs the label value that counts as 1');
  }
  const classifies = task === 'binary' || task === 'multiclass';
  const suitable = classifies ? classification : regression;
  if (!tasks.includes(String(task))) return;
  for (const path of [
    ['gates', 'quality'],
    ['monitoring', 'quality'],
  ] as const) {
    const metric = useCase[path[0]]?.quality?.metric;
    if (
      typeof metric === 'string' &&
      [...classification, ...regression].includes(metric) &&
      !suitable.includes(metric)
    ) {
      complain(
        [...path, 'metric'],
        `'${metric}' does not suit a ${String(task)} task; allowed: ${suitable.join(', ')}`,
      );
    }
  }
  checkPersistence(useCase, complain);
  (useCase.gates?.beat ?? []).forEach((baseline, index) => {
    const allowed = classifies ? ['majority', 'persistence'] : ['mean', 'persistence'];
    if (!['majority', 'mean', 'persistence'].includes(String(baseline)) || allowed.includes(String(baseline))) return;
    complain(
      ['gates', 'beat', index],
      `'${String(baseline)}' is no baseline of a ${String(task)} task; allowed: ${allowed.join(', ')}`,
    );
  });
}

/** A bound that no model misses, or none can reach, is a mistake: 80 for 0.8. */
function checkBounds(useCase: Looked, complain: Complain): void {
  for (const section of ['gates', 'monitoring'] as const) {
    const { metric, bound } = useCase[section]?.quality ?? {};
    if (typeof bound !== 'number') continue;
    const path = [section, 'quality', 'bound'];
    if (classification.includes(String(metric)) && (bound < 0 || bound > 1))
      complain(path, `${bound} is not allowed; allowed: 0 to 1, because ${String(metric)} is a share`);
    if (errorMetrics.includes(String(metric)) && bound < 0)
      complain(path, `${bound} is not allowed; allowed: at least 0, because ${String(metric)} is an error`);
    if (metric === 'r2' && bound > 1) complain(path, `${bound} is not allowed; allowed: at most 1`);
  }
}

function checkPersistence(useCase: Looked, complain: Complain): void {
  const column = useCase.dataset?.persistence;
  const known = features(useCase);
  if (column !== undefined && !known.includes(String(column))) {
    complain(['dataset', 'persistence'], `'${String(column)}' is not a feature; there are: ${known.join(', ')}`);
  }
  const index = (useCase.gates?.beat ?? []).indexOf('persistence');
  if (index >= 0 && column === undefined) {
    complain(
      ['gates', 'beat', index],
      "'persistence' needs dataset.persistence, the feature with the last known value",
    );
  }
}

function checkFairness(useCase: Looked, complain: Complain): void {
  const { fairness } = useCase;
  if (fairness === undefined) return;
  if (tasks.includes(String(useCase.task)) && useCase.task !== 'binary') {
    complain(['fairness'], `bias metrics need a binary task, this is ${String(useCase.task)}; leave the section out`);
  }
  (fairness.facets ?? []).forEach((each, index) => {
    mustBeColumn(useCase, complain, ['fairness', 'facets', index, 'name'], each.name);
    if ((each.disadvantaged === undefined) === (each.threshold === undefined)) {
      complain(['fairness', 'facets', index], 'give either the disadvantaged value or a threshold');
    }
  });
  mustBeColumn(useCase, complain, ['fairness', 'group_variable'], fairness.group_variable);
}

function checkStages(useCase: Looked, complain: Complain): void {
  for (const [name, stage] of Object.entries(useCase.stages ?? {})) {
    if (stage === undefined) continue;
    const type = stage.shift?.type;
    const count = stage.count ?? 1;
    if ((type === 'canary' || type === 'linear') && typeof count === 'number' && count < 2) {
      complain(
        ['stages', name, 'count'],
        `${type} needs at least 2 instances, so that a share of the fleet can take traffic`,
      );
    }
    checkWaits(stage.shift, ['stages', name, 'shift', 'bake'], complain);
    const { min, max } = stage.autoscaling ?? {};
    if (typeof min === 'number' && typeof max === 'number' && max < min) {
      complain(['stages', name, 'autoscaling', 'max'], `must not be below min (${min})`);
    }
    if (stage.autoscaling !== undefined && typeof stage.instance === 'string' && /^ml\.t\d/.test(stage.instance)) {
      complain(
        ['stages', name, 'instance'],
        'burstable instances (ml.t*) cannot be scaled automatically; choose another family or leave autoscaling out',
      );
    }
  }
}

function checkWaits(
  shift: { readonly type?: unknown; readonly percent?: unknown; readonly bake?: unknown } | undefined,
  path: (string | number)[],
  complain: Complain,
): void {
  const bake = lookedSeconds(shift?.bake, shift?.type === 'canary' ? '10m' : '5m');
  if (shift === undefined || bake === undefined) return;
  if (bake > longestWait) complain(path, 'a wait may last 1h at most');
  const steps =
    typeof shift.percent === 'number' && shift.percent > 0 && shift.type !== 'canary'
      ? Math.ceil(100 / shift.percent)
      : 2;
  if (bake <= longestWait && bake * steps > longestDeployment) {
    complain(
      path,
      `${steps} steps of this length exceed the 8h that a deployment may last; shorten it or take larger steps`,
    );
  }
}
