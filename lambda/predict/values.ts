import type { Field } from '../../contracts/front-door';
import { largestInteger, largestNumber, missingSpellings as spellings, textOf } from '@mooring/use-case/cells';

/** A value of a JSON record that can be a feature. */
export type Value = string | number | boolean | null;
type Schema = Readonly<Record<string, unknown>>;

const longestText = 256;
/** Spellings that data files use for "no value"; a request says null. */
const missingSpellings: readonly string[] = spellings.filter((each) => each !== '');
/** Printable text without blanks around it. */
const textPattern = String.raw`^[^\s\u0000-\u001f\u007f]([^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f])?$`;
/** RFC 3339 within the years that pandas' nanoseconds reach, with days that exist. */
const timePattern = (() => {
  const year = '(1[7-9][0-9]{2}|2[01][0-9]{2}|22[0-5][0-9])';
  const leapYear = '((1[7-9]|2[0-2])(0[48]|[2468][048]|[13579][26])|2000)';
  const day = '(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31';
  const time = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])';
  return `^(${year}-(${day})|${leapYear}-02-29)T${time}$`;
})();

/** How one field is checked, and how a JSON schema says the same. Both come from here, so that they cannot differ. */
export interface Rule {
  readonly name: string;
  readonly schema: Schema;
  /** What is wrong with a value, or undefined. */
  readonly complaint: (value: unknown) => string | undefined;
}

/** @param known values of a category: declared, or learnt from the training set. */
export function ruleOf(field: Field, known: readonly Value[] | undefined): Rule {
  const rule = ruleOfPresent(field, known);
  if (!field.nullable) {
    return {
      ...rule,
      complaint: (value) => (value === null ? 'must not be null' : rule.complaint(value)),
    };
  }
  return {
    name: field.name,
    schema: { anyOf: [rule.schema, { type: 'null' }] },
    complaint: (value) => {
      if (value === null) return undefined;
      const complaint = rule.complaint(value);
      return complaint === undefined ? undefined : `${complaint}, or null when it is not known`;
    },
  };
}

function ruleOfPresent(field: Field, known: readonly Value[] | undefined): Rule {
  switch (field.type) {
    case 'integer':
    case 'number':
      return numberRule(field);
    case 'timestamp':
      return textRule(field, timePattern, 'must be a time such as 2026-11-20T09:00:00Z');
    case 'text':
      return textRule(field, textPattern, plainText);
    case 'category':
      return known === undefined ? openCategoryRule(field) : categoryRule(field, known);
  }
}

const plainText = `must be text of 1 to ${longestText} printable characters without blanks around it`;

function numberRule({ name, type, min, max }: Field): Rule {
  const largest = type === 'integer' ? largestInteger : largestNumber;
  const [low, high] = [Math.max(min ?? -largest, -largest), Math.min(max ?? largest, largest)];
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  const range =
    min !== undefined && max !== undefined
      ? ` from ${min} to ${max}`
      : min !== undefined
        ? ` of at least ${min}`
        : max !== undefined
          ? ` of at most ${max}`
          : '';
  const allowed = `must be ${kind}${range}`;
  return {
    name,
    schema: { type, minimum: low, maximum: high },
    complaint: (value) => {
      if (typeof value !== 'number') return `${allowed}, not ${kindOf(value)}`;
      if (type === 'integer' && !Number.isInteger(value)) return allowed;
      if (value >= low && value <= high) return undefined;
      return (min ?? -Infinity) <= value && value <= (max ?? Infinity)
        ? `${allowed} within ±${largest.toPrecision(3)}`
        : allowed;
    },
  };
}

function textRule({ name }: Field, pattern: string, allowed: string): Rule {
  // eslint-disable-next-line no-restricted-syntax -- one of the two patterns above, which nest no repetitions
  const expression = new RegExp(pattern, 'u');
  return {
    name,
    schema: { type: 'string', minLength: 1, maxLength: longestText, pattern, not: { enum: missingSpellings } },
    complaint: (value) => {
      if (typeof value !== 'string') return `${allowed}, not ${kindOf(value)}`;
      if (missingSpellings.includes(value)) return `${allowed}; '${value}' would be read as no value`;
      return [...value].length <= longestText && !/\p{Surrogate}/u.test(value) && expression.test(value)
        ? undefined
        : allowed;
    },
  };
}

/** A category whose values are not known yet, or need not be: any plain value. */
function openCategoryRule(field: Field): Rule {
  const text = textRule(field, textPattern, plainText);
  const number = { type: 'number', minimum: -largestInteger, maximum: largestInteger };
  return {
    name: field.name,
    schema: { anyOf: [text.schema, number, { type: 'boolean' }] },
    complaint: (value) => {
      if (typeof value === 'boolean') return undefined;
      if (typeof value === 'number')
        return Math.abs(value) <= largestInteger ? undefined : `must be a number within ±${largestInteger}`;
      return text.complaint(value);
    },
  };
}

function categoryRule({ name }: Field, known: readonly Value[]): Rule {
  const spellings = [...new Set(known.flatMap(spellingsOf))];
  const allowed = new Set(spellings);
  const shown = known.slice(0, 20).map(String).join(', ');
  const sentence = `must be one of: ${shown}${known.length > 20 ? ` and ${known.length - 20} more` : ''}`;
  return {
    name,
    schema: { enum: spellings },
    complaint: (value) => (allowed.has(value as Value) ? undefined : sentence),
  };
}

/** A category as JSON may spell it: the code 1 as 1 and "1", truth as true and "true", and as the use case declares it. */
function spellingsOf(value: Value): Value[] {
  const text = value === null ? '' : textOf(value, []);
  const texts = [...new Set([text, String(value)])];
  if (text === 'true' || text === 'false') return [...texts, text === 'true'];
  const number = Number(text);
  return text !== '' && Number.isFinite(number) && String(number) === text ? [...texts, number] : texts;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return typeof value === 'object' ? 'an object' : typeof value;
}
