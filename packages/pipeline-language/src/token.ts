/**
 * Values that are not known yet. The CDK hides them in strings as `${Token[...]}`, in lists as `#{Token[...]}` and in
 * numbers as very large negative values. The language knows the shape of these encodings, not the CDK.
 */
const ENCODED = /[$#]\{Token\[[^\]]*\]\}/;
const ALL_ENCODED = /[$#]\{Token\[[^\]]*\]\}/g;
/** The CDK encodes numeric tokens below this value; no argument of the service comes near it. */
const ENCODED_NUMBER = -1e287;

declare const opaque: unique symbol;

/** A value that is filled in at deployment. It fits in every argument of its primitive type and is never checked. */
export type Opaque = string & { readonly [opaque]: true };

/**
 * Marks a deploy-time string (for instance a CDK token) so that it also fits where the type wants one of a few words,
 * such as an instance type.
 */
export function deployTime(value: string): Opaque {
  return value as Opaque;
}

/** True for a value that carries a deploy-time token, and so cannot be checked for pattern, length or enum. */
export function carriesToken(value: unknown): boolean {
  if (typeof value === 'string') return ENCODED.test(value);
  return typeof value === 'number' && value < ENCODED_NUMBER;
}

/** A text with something else in the place of each deploy-time string in it. */
export function replaceTokens(text: string, replace: (token: string) => string): string {
  return text.replace(ALL_ENCODED, replace);
}
