/** The first characters of a text; three dots stand for the rest. @param limit in UTF-16 units, which no limit of a chat exceeds */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const [start = ''] = cut(text, limit - 3);
  return `${start}...`;
}

/**
 * A text in pieces of at most `limit` UTF-16 units each; never cut inside of a character.
 *
 * @param written how a character is written in the end, e.g. escaped; a piece never ends inside of that. @default as it is
 */
export function cut(text: string, limit: number, written: (character: string) => string = (each) => each): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    const next = written(character);
    if (piece.length + next.length > limit) {
      pieces.push(piece);
      piece = '';
    }
    piece += next;
  }
  return [...pieces, piece];
}

/** Lines put together again as long as they fit; a line that is too long itself is cut. */
export function paragraphs(text: string, limit: number, written?: (character: string) => string): string[] {
  const made: string[] = [];
  let open: string | undefined;
  for (const line of text.split('\n').flatMap((each) => cut(each, limit, written))) {
    const longer: string = open === undefined ? line : `${open}\n${line}`;
    if (longer.length > limit) {
      made.push(open ?? '');
      open = line;
    } else open = longer;
  }
  return [...made, open ?? ''].filter((each) => each.trim() !== '');
}
