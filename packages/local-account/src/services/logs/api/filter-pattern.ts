import { Unsupported } from '../../../core/errors';

/** Filter patterns of unstructured events: all terms must occur, `-term` must not, `?term` any of them, quotes keep spaces. */
export function filterOf(pattern: string): (message: string) => boolean {
  const trimmed = pattern.trim();
  if (trimmed.startsWith('{') || trimmed.startsWith('[') || trimmed.startsWith('%'))
    throw new Unsupported(`the filter pattern ${trimmed}`, 'use terms, "quoted terms", -terms and ?terms');
  const terms = [...trimmed.matchAll(/([-?]?)(?:"([^"]*)"|(\S+))/g)].map(([, sign = '', quoted, bare]) => ({
    sign,
    term: quoted ?? bare ?? '',
  }));
  const all = terms.filter(({ sign }) => sign === '').map(({ term }) => term);
  const none = terms.filter(({ sign }) => sign === '-').map(({ term }) => term);
  const any = terms.filter(({ sign }) => sign === '?').map(({ term }) => term);
  return (message) =>
    all.every((term) => message.includes(term)) &&
    !none.some((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term)));
}
