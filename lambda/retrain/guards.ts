import type { Guard, Trigger } from '../../contracts/records/decision';
import { durationSeconds } from '@mooring/use-case/duration';
import type { RetrainSettings } from '../../contracts/function-settings';

/** What the guards look at; times are ISO, "now" is the time of the event. */
export interface Facts {
  readonly now: string;
  readonly trigger: Trigger;
  readonly because: string;
  /** Executions of the pipeline that run now. */
  readonly running: readonly string[];
  /** Retrainings started before, oldest first. */
  readonly starts: readonly string[];
  /** Whether the execution of the last start failed or was stopped. */
  readonly lastFailed?: boolean;
  /** The composite alarm, when features are monitored. */
  readonly alarm?: { readonly state: string; readonly since: string };
  /** When the live model came into service. */
  readonly deployedAt?: string;
  /** Labelled rows there are, and those that the last retraining did not see. */
  readonly labelledRows: number;
  readonly newLabels: number;
  /** When the newest training data was written. */
  readonly newestData?: string;
}

export type Verdict =
  { readonly outcome: 'start'; readonly reason: string } | { readonly outcome: Guard; readonly reason: string };

type Check = (facts: Facts, settings: RetrainSettings) => Exclude<Verdict, { outcome: 'start' }> | undefined;

const day = 86_400;
/** Retrainings that one firing alarm may start by itself. */
const mostAttempts = 3;

/** Starts a retraining unless a guard holds it back. The guards in their order; the first that objects decides. */
export function judge(facts: Facts, settings: RetrainSettings): Verdict {
  for (const check of [triggerOff, quiet, running, coolDown, budget, labels, staleData, helpless]) {
    const objection = check(facts, settings);
    if (objection !== undefined) return objection;
  }
  return { outcome: 'start', reason: `Retraining started because ${facts.because}.` };
}

/** The use case switched this trigger off. */
const triggerOff: Check = ({ trigger }, { retraining }) =>
  (trigger === 'drift' || trigger === 'reconcile') && !retraining.on_drift
    ? { outcome: 'trigger-off', reason: 'Drift was noticed, but retraining.on_drift is false.' }
    : undefined;

/**
 * A second look starts something only for an alarm that nobody acted on yet. Alarms are edge-triggered: one that began
 * during an execution or a cool-down sends no second event, so it must be looked for. One that is older than the last
 * retraining is what that retraining was for; its result must serve for a while before it can be judged.
 */
const quiet: Check = (facts, { settles }) => {
  const { trigger, alarm, because } = facts;
  if (trigger !== 'reconcile') return undefined;
  if (alarm?.state !== 'ALARM') return { outcome: 'quiet', reason: `No alarm is firing; looked because ${because}.` };
  if (!actedOn(facts) || facts.lastFailed === true || isJudged(facts, settles)) return undefined;
  return {
    outcome: 'quiet',
    reason: 'The firing alarm is what the last retraining was started for; its model is not judged yet.',
  };
};

const running: Check = ({ running: executions, because }) =>
  executions.length > 0
    ? {
        outcome: 'running',
        reason: `Not started although ${because}: ${executions.join(', ')} is running; alarms are looked at again when it ends.`,
      }
    : undefined;

const coolDown: Check = ({ now, starts, trigger }, { retraining }) => {
  const last = starts.at(-1);
  if (last === undefined || trigger === 'manual') return undefined;
  const free = at(last) + durationSeconds(retraining.cool_down);
  return at(now) < free
    ? {
        outcome: 'cool-down',
        reason: `Not started: the last retraining was at ${last}; the cool-down of ${retraining.cool_down} ends at ${iso(free)}.`,
      }
    : undefined;
};

const budget: Check = ({ now, starts }, { retraining }) => {
  const today = starts.filter((each) => at(each) > at(now) - day);
  return today.length >= retraining.max_per_day
    ? {
        outcome: 'budget',
        reason: `Not started: ${today.length} retrainings in the last 24 hours, allowed are ${retraining.max_per_day}.`,
      }
    : undefined;
};

const labels: Check = ({ newLabels, labelledRows }, { retraining }) => {
  if (retraining.data === 'window' && labelledRows === 0) {
    return {
      outcome: 'labels',
      reason: 'Not started: retraining.data is window, but no row of production has a label yet.',
    };
  }
  return newLabels < retraining.min_new_labels
    ? {
        outcome: 'labels',
        reason: `Not started: ${newLabels} new labelled rows, wanted are at least ${retraining.min_new_labels}; retraining on the same rows learns nothing new.`,
      }
    : undefined;
};

/** The envelope bounds the age of what is learnt from. */
const staleData: Check = ({ now, newestData }, { retraining }) => {
  const limit = retraining.envelope.max_data_age;
  if (limit === undefined || newestData === undefined || at(now) - at(newestData) <= durationSeconds(limit))
    return undefined;
  return {
    outcome: 'stale-data',
    reason: `Not started: the newest training data is from ${newestData}, older than the envelope's ${limit}.`,
  };
};

/**
 * An alarm that outlived a retraining may outlive the next one too. While new labels keep coming a few more attempts are
 * made, each after twice the wait of the one before; then, or when there is nothing new to learn from, a person is asked.
 */
const helpless: Check = (facts, { retraining, settles }) => {
  const { trigger, alarm, now, newLabels, labelledRows } = facts;
  if ((trigger !== 'reconcile' && trigger !== 'drift') || !actedOn(facts)) return undefined;
  if (facts.lastFailed !== true && !isJudged(facts, settles)) return undefined;
  const attempts = attemptsSince(facts);
  const last = facts.starts.at(-1) ?? '';
  const since = `the alarm has been firing since ${alarm?.since ?? ''}`;
  const result =
    facts.lastFailed === true ? `the retraining of ${last} failed` : `the model trained at ${last} did not end it`;
  const why = `Not started: ${since}, and ${result}`;
  const free = at(last) + durationSeconds(retraining.cool_down) * 2 ** attempts;
  const person = (problem: string): ReturnType<Check> => ({
    outcome: 'no-help',
    reason: `${why}; ${problem}. A person should look.`,
  });
  if (attempts >= mostAttempts) return person(`it was attempt ${attempts} of ${mostAttempts}`);
  if (newLabels === 0 && (labelledRows === 0 || at(now) >= free + day))
    return person('there are no new labelled rows to learn from');
  if (at(now) < free) {
    return { outcome: 'back-off', reason: `${why}; the next attempt may start at ${iso(free)}.` };
  }
  return newLabels === 0
    ? {
        outcome: 'back-off',
        reason: `${why}; there are no new labelled rows yet, they are waited for until ${iso(free + day)}.`,
      }
    : undefined;
};

/** Whether the model of the last retraining has served long enough for its monitors to have seen it alone. */
function isJudged({ deployedAt, starts, now }: Facts, settles: number): boolean {
  return isAfter(deployedAt, starts.at(-1)) && at(now) >= at(deployedAt) + settles;
}

/** Retrainings since the firing alarm began. */
export function attemptsSince({ alarm, starts }: Pick<Facts, 'alarm' | 'starts'>): number {
  return alarm === undefined ? 0 : starts.filter((each) => at(each) >= at(alarm.since)).length;
}

/** Whether a retraining was started since the alarm began. */
function actedOn({ alarm, starts }: Facts): boolean {
  const last = starts.at(-1);
  return alarm?.state === 'ALARM' && last !== undefined && at(alarm.since) <= at(last);
}

function isAfter(time: string | undefined, other: string | undefined): time is string {
  return time !== undefined && other !== undefined && at(time) >= at(other);
}

/** Whole seconds, because the time of an event has no more: an alarm must not look younger than the event it sent. */
function at(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
