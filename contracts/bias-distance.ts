/**
 * How far a bias metric is from fairness: that is what gates and alarms bound (decision 0035).
 *
 * Differences are fair at 0, the ratio DI (disparate impact) at 1.
 */
export function fairValue(metric: string): number {
  return metric === 'DI' ? 1 : 0;
}

/** The bounded quantity in words: |DPL|, or |1 - DI|. */
export function distanceName(metric: string): string {
  return metric === 'DI' ? '|1 - DI|' : `|${metric}|`;
}
