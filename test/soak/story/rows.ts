/** What happens on a day of the story. */
export interface Day {
  /** Rows that are asked about. */
  readonly rows: number;
  /** How far the mean of `load` has moved, in standard deviations. */
  readonly shift: number;
  /** Whether distance means the opposite of what it did. */
  readonly turned: boolean;
}

export interface Parcel {
  readonly cells: readonly string[];
  readonly label: 0 | 1;
}

/** Numbers in [0, 1), the same for a seed on every machine (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const depots = ['north', 'south', 'west'] as const;

/** Parcels of a day: features, and whether each turned out to be late. */
export function parcels({ rows, shift, turned }: Day, seed: number): Parcel[] {
  const next = uniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Array.from({ length: rows }, () => {
    const [distance, load, weather] = [normal(), normal() + shift, normal()];
    const depot = depots[Math.floor(next() * depots.length)] ?? 'north';
    const speaksForLate =
      (turned ? -2.5 : 2.5) * distance + 1.5 * (load - shift) + weather + (depot === 'west' ? 0.5 : 0);
    const late = next() < 1 / (1 + Math.exp(-speaksForLate));
    return { cells: [...[distance, load, weather].map((each) => each.toFixed(5)), depot], label: late ? 1 : 0 };
  });
}

/** Area under the ROC curve of scores; ties count half. */
export function auc(scored: readonly { readonly score: number; readonly label: 0 | 1 }[]): number {
  const positives = scored.filter((each) => each.label === 1);
  const negatives = scored.filter((each) => each.label === 0);
  let won = 0;
  for (const p of positives) for (const n of negatives) won += p.score > n.score ? 1 : p.score === n.score ? 0.5 : 0;
  return won / (positives.length * negatives.length);
}
