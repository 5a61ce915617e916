import table from './values.json';

/**
 * What a cell means, for the functions in TypeScript: the same rules as `python/mooring-values`, and both are tested against
 * the table of examples in `values.json`.
 */

export const missingSpellings: readonly string[] = table.missing;
/** Largest magnitude of a number: that of the model's 32-bit matrix. */
export const largestNumber = table.largest_number;
/** Largest whole number that JSON readers agree on. */
export const largestInteger = table.largest_integer;

const blanks = new Set(table.blanks);
/** A decimal fraction; a leading zero before other digits makes it a code. */
const fraction = /^([+-]?)(0|[1-9][0-9]*)?\.([0-9]+)$/;
/** What programs print for very large and small numbers. `1e3`, without a sign, is a code. */
const scientific = /^[+-]?[0-9](\.[0-9]+)?e[+-][0-9]{1,3}$/;
const decimal = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const truth: Readonly<Record<string, string>> = { True: 'true', TRUE: 'true', False: 'false', FALSE: 'false' };

/** Canonical text of a cell that was read as text: no blanks around it, `1.00` as `1`, `True` as `true`; empty when missing. */
export function cell(text: string, missing: readonly string[] = missingSpellings): string {
  const stripped = strip(text);
  if (stripped === '' || missing.includes(stripped)) return '';
  if (/[0-9]$/.test(stripped)) return decimalText(stripped);
  return Object.hasOwn(truth, stripped) ? (truth[stripped] ?? stripped) : stripped;
}

/** Canonical text of a value from JSON or YAML. */
export function textOf(value: string | number | boolean | null, missing: readonly string[] = missingSpellings): string {
  if (value === null) return '';
  if (typeof value === 'string') return cell(value, missing);
  if (typeof value === 'boolean') return String(value);
  if (Number.isNaN(value)) return '';
  const text = String(value);
  return text.includes('e') ? positional(text) : text;
}

/** The number a canonical text stands for; undefined for a missing one and for any other text. */
export function numberOf(text: string): number | undefined {
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= largestNumber ? value : undefined;
}

/** The text of a request or file without the byte-order mark that some programs write first. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function strip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && blanks.has(text.charAt(start))) start++;
  while (end > start && blanks.has(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function decimalText(text: string): string {
  if (text.includes('e')) return scientific.test(text) ? positional(text) : text;
  if (!text.includes('.')) return text === '-0' ? '0' : text;
  const match = fraction.exec(text);
  if (match === null) return text;
  const [, sign, whole = '0', digits = ''] = match;
  const kept = digits.replace(/0+$/, '');
  const minus = sign === '-' ? '-' : '';
  if (kept !== '') return `${minus}${whole}.${kept}`;
  return whole === '0' ? '0' : `${minus}${whole}`;
}

/** A number in scientific notation without its exponent. */
function positional(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const minus = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', digits = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const all = whole + digits;
  const point = whole.length + Number(exponent);
  const integer =
    point > 0
      ? all
          .slice(0, point)
          .padEnd(point, '0')
          .replace(/^0+(?=.)/, '')
      : '0';
  const rest = (point > 0 ? all.slice(point) : '0'.repeat(-point) + all).replace(/0+$/, '');
  const plain = rest === '' ? integer : `${integer}.${rest}`;
  return plain === '0' ? '0' : `${minus}${plain}`;
}
