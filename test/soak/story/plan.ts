import type { Day } from './rows';

const rows = 240;

/** What happens on each of the thirty days, counted from 0. */
export const events = {
  /** So few rows that their distribution says little: no drift. */
  smallDay: 2,
  /** From here on `load` moves by a fifth of a standard deviation a day, until it has moved by one. */
  driftFrom: 4,
  /** Nothing that is asked reaches the bucket. */
  captureLost: [8, 9, 10],
  /** From here on distance means the opposite, while no feature changes. */
  conceptTurns: 13,
} as const;

export function dayOf(index: number): Day {
  const moved = Math.max(0, index - events.driftFrom + 1);
  return {
    rows: index === events.smallDay ? 60 : rows,
    shift: Math.min(1, 0.2 * moved),
    turned: index >= events.conceptTurns,
  };
}

export const isLost = (index: number): boolean => (events.captureLost as readonly number[]).includes(index);

/** A day of which nothing is to be told. */
export const calmDay: Day = { rows, shift: 0, turned: false };
