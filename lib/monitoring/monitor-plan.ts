import { durationSeconds } from '@mooring/use-case/duration';
import type { MonitorKind } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { PrebuiltImage } from '../training/images';

/** A monitor of a use case: what runs how often over which window. */
export interface MonitorPlan {
  readonly kind: MonitorKind;
  readonly every: string;
  readonly window: string;
  readonly image: PrebuiltImage;
}

/** The monitors that a use case asks for; the one of the data always runs. */
export function monitorPlans({ monitoring }: UseCase): MonitorPlan[] {
  const asked = [
    { kind: 'data', settings: monitoring },
    { kind: 'quality', settings: monitoring.quality },
    { kind: 'bias', settings: monitoring.bias },
    { kind: 'explanations', settings: monitoring.explanations },
  ] as const;
  return asked.flatMap(({ kind, settings }) => {
    if (settings === undefined) return [];
    const { every, window } = settings;
    // Explaining runs the model, which needs XGBoost.
    return [
      { kind, every, window: window ?? every, image: kind === 'explanations' ? 'xgboost' : 'scikit-learn' } as const,
    ];
  });
}

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
