import { optionalText } from '../../../core/input';
import type { Body } from '../../../core/service';
import { AwsError } from '../../../core/errors';

/** One page of a list; the token is the place where the next one starts. */
export function paged<T>(
  all: readonly T[],
  input: Body,
  size: number,
): { readonly page: readonly T[]; readonly next: string | undefined } {
  const from = Number(optionalText(input, 'NextToken') ?? 0);
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError('InvalidNextToken', "'NextToken' is not one that this operation gave");
  return { page: all.slice(from, from + size), next: from + size < all.length ? String(from + size) : undefined };
}
