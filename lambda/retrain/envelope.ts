import type { RetrainSettings } from '../../contracts/function-settings';

/**
 * What lies outside the envelope of pre-determined changes; empty when a retraining may be promoted without a person.
 */
export function outsideEnvelope({ hyperparameters, retraining }: RetrainSettings): string[] {
  return Object.entries(retraining.envelope.hyperparameters).flatMap(([name, [low, high]]) => {
    const value = hyperparameters[name];
    if (value === undefined || (typeof value === 'number' && value >= low && value <= high)) return [];
    return [`${name} is ${String(value)}, the envelope allows ${low} to ${high}`];
  });
}
