/**
 * How many places of a wildcard pattern a matcher may have to keep in mind at once, for the worst text.
 *
 * The measure of AWS's event-ruler (MachineComplexityEvaluator): one place for each character and each star that the
 * text read so far can have reached. A star, once reached, stays reached; so the sets of places that can be reached
 * are few, and all of them are visited.
 *
 * @param tokens the pattern, character by character; `undefined` for a star
 * @param limit where counting ends: the answer is never larger than `limit + 1`
 */
export function wildcardComplexity(tokens: readonly (string | undefined)[], limit: number): number {
  const characters = [...new Set(tokens.filter((each) => each !== undefined)), undefined];
  let most = 0;
  const seen = new Set<string>();
  const waiting = [followStars(tokens, [-1])];
  for (let places = waiting.pop(); places !== undefined; places = waiting.pop()) {
    const name = places.join();
    if (seen.has(name)) continue;
    seen.add(name);
    most = Math.max(most, places.filter((place) => place >= 0).length);
    if (most > limit) return limit + 1;
    for (const character of characters) waiting.push(read(tokens, places, character));
  }
  return most;
}

/** The places reached after one more character; `undefined` for one that the pattern does not name. */
function read(
  tokens: readonly (string | undefined)[],
  places: readonly number[],
  character: string | undefined,
): readonly number[] {
  const reached = new Set<number>();
  for (const place of places) {
    if (place >= 0 && tokens[place] === undefined) reached.add(place);
    if (character !== undefined && tokens[place + 1] === character) reached.add(place + 1);
  }
  return followStars(tokens, [...reached]);
}

/** A star needs no character: who is before it is also at it. */
function followStars(tokens: readonly (string | undefined)[], places: readonly number[]): readonly number[] {
  const all = new Set(places);
  for (const place of places) if (place + 1 < tokens.length && tokens[place + 1] === undefined) all.add(place + 1);
  return [...all].sort((a, b) => a - b);
}
