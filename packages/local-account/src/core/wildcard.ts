/**
 * Whether a text is these pieces in this order with anything between them: `['a', '', 'b']` is `a*b` with two stars.
 *
 * Takes time in proportion to the length of the text and the pieces together, whatever they are: patterns come from whoever
 * deploys, texts from whoever sends an event.
 */
export function wildcard(pieces: readonly string[]): (text: string) => boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  const middle = rest.filter((each) => each !== '').map(finder);
  return (text) => {
    const end = text.length - last.length;
    if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const find of middle) {
      const found = find(text, at, end);
      if (found < 0) return false;
      at = found;
    }
    return true;
  };
}

/** Finds a piece as Knuth, Morris and Pratt do; returns where it ends, or -1. */
function finder(piece: string): (text: string, from: number, end: number) => number {
  const fallback = fallbacks(piece);
  return (text, from, end) => {
    let matched = 0;
    for (let at = from; at < end; at += 1) {
      while (matched > 0 && piece[matched] !== text[at]) matched = fallback[matched - 1] ?? 0;
      if (piece[matched] === text[at]) matched += 1;
      if (matched === piece.length) return at + 1;
    }
    return -1;
  };
}

/** For each beginning of the piece, the length of its longest proper beginning that is also its end. */
function fallbacks(piece: string): readonly number[] {
  const lengths = [0];
  for (let at = 1, matched = 0; at < piece.length; at += 1) {
    while (matched > 0 && piece[matched] !== piece[at]) matched = lengths[matched - 1] ?? 0;
    if (piece[matched] === piece[at]) matched += 1;
    lengths.push(matched);
  }
  return lengths;
}
