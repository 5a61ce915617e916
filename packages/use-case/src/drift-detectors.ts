import detectors from './detectors.json';

/** Drift detectors of the open monitor; `detectors.json` holds formula and source of each, a test holds both against the Python side. */
export const detectorNames = [
  'robust',
  'simple',
  'linf',
  'linf_simple',
  'chi2_distance',
  'psi',
  'js',
  'wasserstein',
  'ks',
  'chi2',
  'classifier',
] as const;

export type DetectorName = (typeof detectorNames)[number];

/** `above`: drift is a value over the threshold (distances). `below`: a value under it (p-values). */
export type DriftDirection = 'above' | 'below';

/** How a feature is compared; text and times are not. */
export type ComparedType = 'numeric' | 'category';

/** @returns undefined for types that only the completeness of is watched. */
export function comparedType(columnType: unknown): ComparedType | undefined {
  if (columnType === 'integer' || columnType === 'number') return 'numeric';
  return columnType === 'category' ? 'category' : undefined;
}

/** What the model's answers are called, in the pipeline's predictions.csv and in the monitor. */
export const answerNames: readonly string[] = ['prediction', 'score'];

/** Type of an answer of a task; undefined for what is no answer. */
export function answerType(name: unknown, task: unknown): 'number' | 'category' | undefined {
  const numeric = task === 'regression' || task === 'forecast';
  if (name === 'prediction') return numeric ? 'number' : 'category';
  return name === 'score' && task === 'binary' ? 'number' : undefined;
}

/** The detector of a feature whose use case names none: Model Monitor's own. */
export function defaultDetector(columnType: unknown): DetectorName {
  return comparedType(columnType) === 'category' ? 'linf' : 'robust';
}

export function isDetector(name: unknown): name is DetectorName {
  return typeof name === 'string' && Object.hasOwn(detectors, name);
}

export function driftDirection(name: DetectorName): DriftDirection {
  return detectors[name].direction === 'below' ? 'below' : 'above';
}

/** Whether its value is never above 1: a threshold of 1 would never be passed. */
export function isShare(name: DetectorName): boolean {
  return !['psi', 'wasserstein'].includes(name);
}

/** In the detector's own unit. */
export function defaultThreshold(name: DetectorName): number {
  return detectors[name].default_threshold;
}

/** Names of the detectors for a type, in the order of the list. */
export function detectorsFor(type: ComparedType): DetectorName[] {
  return detectorNames.filter((name) => (detectors[name].feature_types as readonly string[]).includes(type));
}
