import type { LabelSettings } from '../../contracts/function-settings';

type Value = string | number | boolean;

/** Why a value cannot be a label of the use case; undefined when it can. */
export function problemOf(value: Value, { column }: LabelSettings): string | undefined {
  const text = String(value);
  if (text === '') return 'an empty label says nothing; leave it out until it is known';
  if (/[\n\r]/.test(text)) return 'a label is a single line';
  if (column.categories !== undefined) {
    const known = column.categories.map(String);
    return known.includes(text) ? undefined : `'${text}' is none of ${known.join(', ')}`;
  }
  if (column.type !== 'integer' && column.type !== 'number') return undefined;
  const number = typeof value === 'boolean' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return `'${text}' is not a number`;
  if (column.type === 'integer' && !Number.isInteger(number)) return `${text} is not a whole number`;
  if (column.min !== undefined && number < column.min) return `${text} is below ${column.min}`;
  if (column.max !== undefined && number > column.max) return `${text} is above ${column.max}`;
  return undefined;
}
