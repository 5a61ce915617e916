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
