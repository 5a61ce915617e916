import { cell, numberOf, textOf } from './cells';
import table from './values.json';

type Scalar = string | number | boolean;

/** What of a use case says what its label may be. */
export interface LabelDeclaration {
  readonly task: string;
  readonly column: {
    readonly type?: string;
    readonly min?: number;
    readonly max?: number;
    readonly categories?: readonly Scalar[];
    readonly missing?: readonly string[];
  };
  readonly positive?: Scalar;
  /** Negative values of a binary label; `rest`: every other value. */
  readonly negative?: 'rest' | readonly Scalar[];
  /** Spellings of "no value" of the data set. */
  readonly missing?: readonly string[];
}

/** A label: 1 or 0 (binary), a number, a class; nothing; or a value that cannot be a label, and why. */
export type LabelMeaning =
  | { readonly kind: 'label'; readonly value: number | string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly reason: string };

/** How the pipeline writes a coded label; understood where the raw label is words. */
const coded: Readonly<Record<string, number>> = { '1': 1, true: 1, '0': 0, false: 0 };
const mostShown = 12;

/** The rule of `python/mooring-values/src/mooring_values/labels.py`; the table of `values.json` holds both together. */
export function labelMeaning(raw: Scalar | null, declared: LabelDeclaration): LabelMeaning {
  const named = new Set(
    [
      ...(declared.column.categories ?? []),
      ...(Array.isArray(declared.negative) ? (declared.negative as readonly Scalar[]) : []),
      ...(declared.positive === undefined ? [] : [declared.positive]),
    ].map(plain),
  );
  const missing = (declared.column.missing ?? declared.missing ?? table.missing).filter((each) => !named.has(each));
  const text = textOf(raw, missing);
  if (text === '') return { kind: 'missing' };
  if (declared.task === 'binary') return binary(text, declared);
  const outside = outsideOf(text, declared);
  if (outside !== undefined) return invalid(outside);
  if (declared.task === 'multiclass') return label(text);
  const number = numberOf(text);
  return number === undefined ? invalid(`'${text}' is not a number`) : label(number);
}

/** Negative values of a binary label as canonical texts; undefined when every other value is negative. */
export function negativeValues({
  positive,
  negative,
  column,
}: Pick<LabelDeclaration, 'positive' | 'negative' | 'column'>): readonly string[] | undefined {
  if (negative === 'rest') return undefined;
  if (negative !== undefined) return negative.map(plain);
  const categories = column.categories?.map(plain);
  const value = positive === undefined ? undefined : plain(positive);
  if (categories?.length === 2 && value !== undefined && categories.includes(value))
    return categories.filter((each) => each !== value);
  return byConvention(value);
}

/** What is negative where nothing is declared: `no` for `yes`. Undefined where there is no such convention. */
function byConvention(positive: string | undefined): readonly string[] | undefined {
  for (const { one, others } of table.negative_by_convention) {
    if (positive === one) return others;
    if (positive !== undefined && others.includes(positive)) return [one];
  }
  return undefined;
}

function binary(text: string, declared: LabelDeclaration): LabelMeaning {
  const positive = declared.positive === undefined ? undefined : plain(declared.positive);
  const negative = negativeValues(declared);
  const outside = outsideOf(text, declared);
  const judged = (value: number): LabelMeaning => (outside === undefined ? label(value) : invalid(outside));
  if (text === positive) return judged(1);
  if (negative?.includes(text) === true) return judged(0);
  if (Object.hasOwn(coded, text) && isWords(declared)) return label(coded[text] ?? 0);
  if (negative === undefined || outside !== undefined) return judged(0);
  return invalid(`'${text}' is neither ${positive ?? ''} (positive) nor ${negative.join(', ')} (negative)`);
}

/** Whether 0 and 1 are no raw values of the label, so that they can be the pipeline's own code. */
function isWords(declared: LabelDeclaration): boolean {
  if (declared.positive === undefined) return false;
  const raw = [
    plain(declared.positive),
    ...(negativeValues(declared) ?? []),
    ...(declared.column.categories ?? []).map(plain),
  ];
  return raw.every((each) => numberOf(each) === undefined);
}

/** Why the column's own declaration rules a value out. */
function outsideOf(text: string, declared: LabelDeclaration): string | undefined {
  const { type, min, max, categories } = declared.column;
  if (categories !== undefined) {
    const known = categories.map(plain);
    const isCode = declared.task === 'binary' && Object.hasOwn(coded, text) && isWords(declared);
    if (!known.includes(text) && !isCode) return `'${text}' is none of ${known.slice(0, mostShown).join(', ')}`;
  }
  if (type !== 'integer' && type !== 'number') return undefined;
  const number = numberOf(text);
  if (number === undefined) return `'${text}' is not a number`;
  if (type === 'integer' && !Number.isInteger(number)) return `${text} is not a whole number`;
  if (min !== undefined && number < min) return `${text} is below ${min}`;
  if (max !== undefined && number > max) return `${text} is above ${max}`;
  return undefined;
}

/** A declared value: it is one even when it is spelled like a missing one. */
function plain(value: Scalar): string {
  return typeof value === 'string' ? cell(value, []) : textOf(value);
}

function label(value: number | string): LabelMeaning {
  return { kind: 'label', value };
}

function invalid(reason: string): LabelMeaning {
  return { kind: 'invalid', reason };
}
