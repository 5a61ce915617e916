import { createHash } from 'node:crypto';
import { variantName } from '../../contracts/names';
import type { TrialState } from '../../contracts/records/trial';

/**
 * Variant that answers a caller during an A/B test.
 *
 * The same key gets the same variant for as long as the trial lasts, whichever instance of the function asks; another
 * trial deals anew, because the trial's own time is part of what is hashed.
 *
 * @param key of the caller, or anything that is unique where there is none.
 */
export function variantOf(trial: TrialState | undefined, key: string): string {
  if (trial?.type !== 'ab' || trial.status !== 'running') return variantName;
  const { approved_at, use_case, challenger, share } = trial;
  const digest = createHash('sha256')
    .update(JSON.stringify([use_case, approved_at, challenger.version, key]))
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32 < share / 100 ? challenger.variant : variantName;
}

/** Version behind a variant during a trial, for containers that do not say it; undefined for the live one. */
export function versionOf(trial: TrialState | undefined, variant: string | undefined): number | undefined {
  if (trial?.status !== 'running' || variant !== trial.challenger.variant) return undefined;
  return trial.challenger.version;
}
