import { durationSeconds } from '@mooring/use-case/duration';

/** A cadence in EventBridge Scheduler's words: 1h becomes rate(1 hour). */
export function rateOf(every: string): string {
  const seconds = durationSeconds(every);
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (seconds % size !== 0) continue;
    const count = seconds / size;
    return `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
  }
  throw new Error(`'${every}' is no whole number of minutes`);
}
