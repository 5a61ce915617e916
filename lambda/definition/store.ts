import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type Bucket, readText } from '../shared/objects';

export interface Unresolved {
  /** Where the definition with markers lies. */
  readonly source: Bucket;
  readonly key: string;
  /** Markers are `<marker>0>>`, `<marker>1>>` ...; the number is the place in `values`. */
  readonly marker: string;
  readonly values: readonly string[];
  /** Where the definition with values goes, below a prefix without trailing slash. */
  readonly target: Bucket;
  readonly prefix: string;
}

/**
 * Puts values in the place of markers and stores the text under the hash of its content, so that the pipeline is updated
 * whenever a value changes, and only then.
 *
 * @returns the key. @throws Error when there is no such object, or the result is not JSON.
 */
export async function storeDefinition(given: Unresolved): Promise<string> {
  const { source, target, prefix } = given;
  const template = await readText(source, given.key);
  if (template === undefined) throw new Error(`there is no definition at s3://${source.name}/${given.key}`);
  const text = fillIn(template, given.marker, given.values);
  JSON.parse(text);
  const key = `${prefix}/${createHash('sha256').update(text).digest('hex')}.json`;
  await target.s3.send(
    new PutObjectCommand({ Bucket: target.name, Key: key, Body: text, ContentType: 'application/json' }),
  );
  return key;
}

/** The text with values for markers. Markers stand inside JSON strings, so values are escaped like these. */
export function fillIn(template: string, marker: string, values: readonly string[]): string {
  return template
    .split(marker)
    .map((part, index) => {
      if (index === 0) return part;
      const [number = ''] = /^\d+(?=>>)/.exec(part) ?? [];
      const value = values[Number(number)];
      if (number === '' || value === undefined) throw new Error(`the definition has a marker without a value`);
      return JSON.stringify(value).slice(1, -1) + part.slice(number.length + 2);
    })
    .join('');
}
