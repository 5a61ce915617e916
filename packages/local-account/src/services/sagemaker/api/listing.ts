import { validation } from '../../../core/errors';
import { optionalInstant, optionalNumber, optionalText } from '../../../core/input';
import type { Body } from '../../../core/service';

/** A stored resource in the shape of its Describe answer; times are ISO-8601 text. */
export type Document = Readonly<Record<string, unknown>>;

export interface Listing {
  /** Member that NameContains and sorting by name look at. */
  readonly name: string;
  /** Member that StatusEquals and sorting by status look at. */
  readonly status?: string;
  /** Member of the answer that holds the page. */
  readonly list: string;
  /** Order when the request names none. SageMaker: newest first. */
  readonly order?: 'Ascending' | 'Descending';
}

const time = (document: Document, member: string): number =>
  Date.parse(String(document[member] ?? document['CreationTime'] ?? 0));

function matches(document: Document, input: Body, listing: Listing): boolean {
  const contains = optionalText(input, 'NameContains');
  if (contains !== undefined && !String(document[listing.name]).toLowerCase().includes(contains.toLowerCase()))
    return false;
  const status = optionalText(input, 'StatusEquals');
  if (status !== undefined && listing.status !== undefined && document[listing.status] !== status) return false;
  const bounds: readonly (readonly [string, string, 1 | -1])[] = [
    ['CreationTimeAfter', 'CreationTime', 1],
    ['CreationTimeBefore', 'CreationTime', -1],
    ['LastModifiedTimeAfter', 'LastModifiedTime', 1],
    ['LastModifiedTimeBefore', 'LastModifiedTime', -1],
    ['CreatedAfter', 'CreationTime', 1],
    ['CreatedBefore', 'CreationTime', -1],
  ];
  return bounds.every(([member, at, sign]) => {
    const bound = optionalInstant(input, member);
    return bound === undefined || sign * (time(document, at) - bound.getTime()) >= 0;
  });
}

/** Filters, sorts and pages documents as the List operations of SageMaker do. The token is the offset, opaque to clients. */
export function listPage(documents: readonly Document[], input: Body, listing: Listing): Body {
  const by = optionalText(input, 'SortBy') ?? 'CreationTime';
  const sign = (optionalText(input, 'SortOrder') ?? listing.order ?? 'Descending') === 'Ascending' ? 1 : -1;
  const sorted = documents
    .filter((each) => matches(each, input, listing))
    .map((each, index) => ({ each, index }))
    .sort((a, b) => sign * (compare(a.each, b.each, by, listing) || a.index - b.index))
    .map(({ each }) => each);
  return page(sorted, input, listing.list);
}

function compare(a: Document, b: Document, by: string, listing: Listing): number {
  if (by === 'CreationTime' || by === 'LastModifiedTime') return time(a, by) - time(b, by);
  const member = by === 'Status' && listing.status !== undefined ? listing.status : listing.name;
  return String(a[member]) < String(b[member]) ? -1 : Number(String(a[member]) > String(b[member]));
}

/** One page of a list that is in order already. */
export function page(items: readonly unknown[], input: Body, list: string): Body {
  const size = optionalNumber(input, 'MaxResults') ?? 100;
  if (!Number.isInteger(size) || size < 1 || size > 100)
    throw validation(`MaxResults must be a whole number from 1 to 100, not ${size}`);
  const token = optionalText(input, 'NextToken');
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw validation('NextToken is not one that this account gave');
  const end = start + size;
  return {
    [list]: items.slice(start, end),
    ...(end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
  };
}
