/** A seeded stream of numbers in [0, 1): the same name gives the same draws, so that runs can be repeated. */
export function seededRandom(name: string): () => number {
  let state = 0x811c9dc5;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Picks by weight; the weights need not sum to one. Undefined when there is nothing to pick or all weights are zero. */
export function pick<T>(items: readonly T[], weight: (item: T) => number, random: () => number): T | undefined {
  const total = items.reduce((sum, each) => sum + Math.max(weight(each), 0), 0);
  if (total <= 0) return undefined;
  let rest = random() * total;
  for (const each of items) {
    rest -= Math.max(weight(each), 0);
    if (rest < 0) return each;
  }
  return items.at(-1);
}
