import { checkCompute } from './compute';
import {
  answerType,
  comparedType,
  defaultDetector,
  type DetectorName,
  detectorsFor,
  driftDirection,
  isDetector,
  isShare,
} from '../drift-detectors';
import { lookedSeconds } from '../duration';

interface Monitored {
  readonly name?: unknown;
  readonly detector?: unknown;
  readonly threshold?: unknown;
}

/** What of a use case these checks look at; any of it may be missing or of a wrong type when the document is invalid. */
export interface LookedMonitoring {
  readonly task?: unknown;
  readonly dataset?: {
    readonly columns?: readonly { readonly name?: unknown; readonly type?: unknown }[];
    readonly label?: unknown;
    readonly time?: unknown;
    readonly key?: unknown;
  };
  readonly monitoring?: {
    readonly engine?: unknown;
    readonly every?: unknown;
    readonly window?: unknown;
    readonly features?: readonly Monitored[];
    readonly compute?: { readonly engine?: unknown; readonly image?: unknown };
    readonly alarm?: { readonly datapoints?: unknown; readonly windows?: unknown };
    readonly quality?: { readonly metric?: unknown; readonly bound?: unknown; readonly every?: unknown };
    readonly bias?: { readonly every?: unknown };
    readonly explanations?: { readonly every?: unknown };
  };
  readonly labels?: { readonly every?: unknown };
  readonly retraining?: { readonly data?: unknown; readonly half_life?: unknown };
}

type Complain = (path: (string | number)[], message: string) => void;

/** CloudWatch's bound of an alarm's period. */
const longestPeriod = 7 * 86_400;
/** A run, its start and its instance have to fit into a cadence. */
const shortestCadence = 300;

/** Checks the monitors: cadences, how far alarms look back, features and their detectors. */
export function checkMonitoring(useCase: LookedMonitoring, complain: Complain): void {
  const known = features(useCase);
  for (const [path, every] of cadences(useCase)) {
    const length = lookedSeconds(every, '1h');
    if (length !== undefined && length > longestPeriod)
      complain(path, 'may be 7d at most, because an alarm looks at a week at most');
    if (length !== undefined && length < shortestCadence)
      complain(path, 'may be 5m at least, because a run must end before the next one starts');
  }
  checkAlarm(useCase, complain);
  checkCompute(useCase, complain);
  const seen = new Set<string>();
  (useCase.monitoring?.features ?? []).forEach((each, index) => {
    const name = String(each.name);
    const answer = answerType(name, useCase.task) !== undefined;
    if (!known.includes(name) && !answer) {
      complain(['monitoring', 'features', index, 'name'], `'${name}' is not a feature; there are: ${known.join(', ')}`);
    }
    if (seen.has(name)) complain(['monitoring', 'features', index, 'name'], `feature '${name}' is listed twice`);
    seen.add(name);
    if (known.includes(name) || answer) checkDetector(useCase, complain, each, ['monitoring', 'features', index]);
  });
}

/** CloudWatch looks back over a week at most, over a day when a window is shorter than an hour. */
function checkAlarm(useCase: LookedMonitoring, complain: Complain): void {
  const { datapoints = 1, windows = 1 } = useCase.monitoring?.alarm ?? {};
  if (typeof datapoints !== 'number' || typeof windows !== 'number') return;
  const path = ['monitoring', 'alarm'];
  if (datapoints > windows)
    complain([...path, 'datapoints'], `${datapoints} of ${windows} windows cannot be; allowed: at most ${windows}`);
  for (const [cadence, every] of cadences(useCase)) {
    if (cadence[0] !== 'monitoring' || (every === undefined && cadence.length > 2)) continue;
    const length = lookedSeconds(every, '1h');
    if (length === undefined || length > longestPeriod) continue;
    const most = Math.floor((length < 3_600 ? 86_400 : longestPeriod) / length);
    if (windows > most)
      complain(
        [...path, 'windows'],
        `${windows} windows of ${cadence.join('.')} are longer than an alarm may look back; allowed: at most ${most}`,
      );
  }
}

function checkDetector(
  { task, dataset, monitoring }: LookedMonitoring,
  complain: Complain,
  { name, detector, threshold }: Monitored,
  path: readonly (string | number)[],
): void {
  const answer = answerType(name, task);
  const declared = answer ?? dataset?.columns?.find((each) => each.name === name)?.type;
  const type = comparedType(declared);
  if (type === undefined) {
    if (declared === 'text' || declared === 'timestamp')
      complain([...path, 'name'], `'${String(name)}' is a ${declared}; drift is judged of numbers and categories`);
    return;
  }
  if (answer !== undefined && monitoring?.engine === 'model-monitor')
    complain([...path, 'name'], 'engine model-monitor does not watch the answers; choose engine open');
  if (detector === undefined) checkThreshold(defaultDetector(declared), threshold, path, complain);
  if (!isDetector(detector)) return;
  const suitable = detectorsFor(type).filter((each) => answer === undefined || each !== 'classifier');
  const native = defaultDetector(declared);
  if (!suitable.includes(detector)) {
    complain([...path, 'detector'], `'${detector}' is not for a ${type} feature; allowed: ${suitable.join(', ')}`);
  } else if (monitoring?.engine === 'model-monitor' && detector !== native) {
    complain(
      [...path, 'detector'],
      `engine model-monitor compares with '${native}'; leave the detector out or choose engine open`,
    );
  }
  checkThreshold(detector, threshold, path, complain);
}

function checkThreshold(
  detector: DetectorName,
  threshold: unknown,
  path: readonly (string | number)[],
  complain: Complain,
): void {
  if (typeof threshold !== 'number') return;
  if (driftDirection(detector) === 'below') {
    if (threshold === 0 || threshold >= 1)
      complain([...path, 'threshold'], `'${detector}' is a p-value; allowed: more than 0 and less than 1`);
  } else if (isShare(detector) && threshold >= 1)
    complain(
      [...path, 'threshold'],
      `${threshold} is not allowed; allowed: less than 1, because '${detector}' is never above 1 and the alarm would never fire`,
    );
}

function cadences({ monitoring, labels }: LookedMonitoring): [(string | number)[], unknown][] {
  const further = (['quality', 'bias', 'explanations'] as const).map((kind) => [
    ['monitoring', kind, 'every'],
    monitoring?.[kind]?.every,
  ]);
  return [[['monitoring', 'every'], monitoring?.every], [['labels', 'every'], labels?.every], ...further] as [
    (string | number)[],
    unknown,
  ][];
}

function features({ dataset }: LookedMonitoring): string[] {
  const { label, time, key } = dataset ?? {};
  return (dataset?.columns ?? [])
    .map((each) => String(each.name))
    .filter((name) => name !== label && name !== time && name !== key);
}

/** Checks what is learnt from. */
export function checkRetraining({ retraining }: LookedMonitoring, complain: Complain): void {
  if (retraining?.half_life !== undefined && retraining.data === 'base')
    complain(
      ['retraining', 'half_life'],
      "weighs rows of production by their age, but retraining.data is 'base'; leave it out or use base+window",
    );
}
