import { AwsError } from '../../core/errors';
import { bodies, isBody, optionalText } from '../../core/input';
import type { ResourceContext } from '../../core/provider';
import type { Body } from '../../core/service';
import { parseJson } from '../../core/json';

/** `[{Key, Value}]` as a map. The tags of the stack come first, so that the resource's own win. */
export function tagsOf(
  properties: Body,
  context?: Pick<ResourceContext, 'stackTags'>,
): Readonly<Record<string, string>> {
  return {
    ...context?.stackTags,
    ...Object.fromEntries(
      bodies(properties, 'Tags').map((tag) => [optionalText(tag, 'Key') ?? '', optionalText(tag, 'Value') ?? '']),
    ),
  };
}

/** A policy document, given as JSON or as text. */
export function documentOf(properties: Body, name: string): Body {
  const value = properties[name];
  const document: unknown = typeof value === 'string' ? parseJson(value) : value;
  if (!isBody(document)) throw new AwsError('InvalidRequest', `'${name}' must be a policy document`);
  return document;
}
