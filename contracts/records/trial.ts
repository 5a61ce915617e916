import type { ModelNetwork } from '../function-settings';
import { prefixes, type StageName } from '../names';
import type { Trial } from '@mooring/use-case/sections/serving-variety';
import type { Stage } from '@mooring/use-case/use-case';

/** Variant of the version on trial. The live version keeps the one name that all configurations share. */
export const challengerNames: Readonly<Record<Trial['type'], string>> = { ab: 'Challenger', shadow: 'Shadow' };

/** A version that takes part in a trial, with the evidence that answers carry. */
export interface TrialVersion {
  readonly variant: string;
  readonly version: number;
  readonly package_arn: string;
  readonly execution_arn?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is on trial: `live/<stage>/trial.json`, written by the trial function only. Read by the front door and by people. */
export interface TrialState {
  readonly use_case: string;
  readonly stage: StageName;
  /** `starting`: the endpoint is on its way; `running`: both variants serve; `ended`: as `outcome` says. */
  readonly status: 'starting' | 'running' | 'ended';
  readonly type: Trial['type'];
  /** Percent of the callers (ab) or of the requests (shadow). */
  readonly share: number;
  readonly endpoint: string;
  readonly endpoint_config: string;
  /** Configuration to go back to. */
  readonly champion_config: string;
  readonly champion: TrialVersion;
  readonly challenger: TrialVersion;
  /** Time of the event that approved the challenger; also the trial's id, and the salt of the assignment. */
  readonly approved_at: string;
  readonly started_at?: string;
  readonly ended_at?: string;
  readonly outcome?: TrialOutcome;
}

export interface TrialOutcome {
  /** `replaced`: something else was deployed meanwhile; `failed`: the variants did not come into service. */
  readonly kind: 'promoted' | 'stopped' | 'replaced' | 'failed';
  readonly reason: string;
  readonly by?: string;
}

export const trialFile = 'trial.json';

/** Trials of a stage, append-only: `<this>/<time>_<version>/<approval|state|started|running|decision|ended>.json`. */
export const trialsPrefix = (useCase: string, stage: StageName): string =>
  `${prefixes.markers(useCase)}/trial-${stage}`;

/** Settings of the trial function. */
export interface TrialSettings {
  readonly trial: Trial;
  /** Where models run; absent: outside of a VPC, isolated. */
  readonly network?: ModelNetwork;
  readonly stage: { readonly instance: string; readonly count: number; readonly autoscaled: boolean };
}

/** @throws Error when the stage has no trial. */
export function trialSettings(
  { trial, instance, count, autoscaling }: Stage,
  network: Pick<TrialSettings, 'network'> = {},
): TrialSettings {
  if (trial === undefined) throw new Error('the stage has no trial');
  return { ...network, trial, stage: { instance, count, autoscaled: autoscaling !== undefined } };
}
