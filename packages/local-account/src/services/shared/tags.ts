import { validation } from '../../core/errors';
import { isBody } from '../../core/input';

/** Tags as a map, from the list of Key and Value that most APIs take. */
export function tagMap(tags: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tags.map((tag) => {
      const [key, value] = isBody(tag) ? [tag.Key, tag.Value ?? ''] : [];
      if (typeof key !== 'string' || typeof value !== 'string')
        throw validation(`a tag must be {Key, Value}, not ${JSON.stringify(tag)}`);
      return [key, value] as const;
    }),
  );
}

export function tagList(
  tags: Readonly<Record<string, string>>,
): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
