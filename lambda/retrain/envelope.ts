import type { RetrainSettings } from '../../contracts/function-settings';
import type { LiveManifest } from '../../contracts/records/live-manifest';
import { metadataKeys } from '../../contracts/names';

/**
 * What lies outside the envelope of pre-determined changes; empty when a retraining may be promoted without a person.
 *
 * The envelope bounds hyper-parameters by the ranges of the use case. Everything else that makes a model (algorithm,
 * features, label, bounds of quality and fairness, data window) has to be as it was when a person let the live model
 * in: their settings have one hash, which each version carries.
 */
export function outsideEnvelope(settings: RetrainSettings, live: LiveManifest | undefined): string[] {
  const { hyperparameters, retraining, configHash } = settings;
  const ranges = Object.entries(retraining.envelope.hyperparameters).flatMap(([name, [low, high]]) => {
    const value = hyperparameters[name];
    if (value === undefined || (typeof value === 'number' && value >= low && value <= high)) return [];
    return [`${name} is ${String(value)}, the envelope allows ${low} to ${high}`];
  });
  const before = live?.metadata[metadataKeys.configHash];
  const changed =
    before === undefined || configHash === undefined || before === configHash
      ? []
      : [`the settings of the use case changed since version ${live?.version ?? ''} was made`];
  return [...ranges, ...changed];
}
