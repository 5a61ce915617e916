import type { Instance, Prediction } from './endpoint';
import type { Value } from './values';

/** How much one value contributed to an answer. */
export interface Reason {
  readonly feature: string;
  /** Score (or number) with the value minus the one with a typical value in its place. */
  readonly effect: number;
  /** The typical value: mean of the training set, or its most frequent category. */
  readonly typical: Value;
}

/** Reasons in one answer. Four is what adverse-action notices name (Regulation B, commentary to 12 CFR 1002.9). */
const mostReasons = 4;

/** A record with one typical value in it. */
export interface Variation {
  readonly feature: string;
  readonly typical: Value;
  readonly instance: Instance;
}

/** The record once for each feature that differs from what is typical, with that feature made typical. */
export function variations(instance: Instance, typical: ReadonlyMap<string, Value>): Variation[] {
  return Object.entries(instance).flatMap(([feature, value]) => {
    const usual = typical.get(feature);
    if (usual === undefined || usual === value || String(usual) === String(value)) return [];
    return [{ feature, typical: usual, instance: { ...instance, [feature]: usual } }];
  });
}

/** The features whose values moved the answer most, the strongest first; those without effect are no reasons. */
export function reasonsOf(
  answer: Prediction,
  varied: readonly Variation[],
  answers: readonly Prediction[],
): readonly Reason[] {
  const number = (each: Prediction | undefined): number => each?.score ?? each?.label ?? Number.NaN;
  return varied
    .map(({ feature, typical }, index) => ({ feature, effect: number(answer) - number(answers[index]), typical }))
    .filter(({ effect }) => Number.isFinite(effect) && effect !== 0)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, mostReasons);
}
