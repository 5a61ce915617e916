import { createHash } from 'node:crypto';

/** First characters of the SHA-256 of a value's JSON: names that depend on content only. */
export function shortHash(value: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);
}
