import { cell, textOf } from '../cells';
import { negativeValues } from '../label-rule';

interface Column {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly categories?: unknown;
  readonly min?: unknown;
  readonly max?: unknown;
  readonly format?: unknown;
}

/** What of a use case these checks look at; any of it may be missing or of a wrong type when the document is invalid. */
export interface LookedDataset {
  readonly task?: unknown;
  readonly dataset?: {
    readonly columns?: readonly Column[];
    readonly location?: unknown;
    readonly label?: unknown;
    readonly positive?: unknown;
    readonly negative?: unknown;
    readonly time?: unknown;
    readonly read?: { readonly decimal?: unknown; readonly thousands?: unknown; readonly delimiter?: unknown };
  };
  readonly labels?: unknown;
  readonly monitoring?: { readonly quality?: unknown; readonly bias?: unknown };
  readonly fairness?: { readonly facets?: readonly { readonly name?: unknown; readonly disadvantaged?: unknown }[] };
}

type Complain = (path: (string | number)[], message: string) => void;

const numeric: readonly unknown[] = ['integer', 'number'];
/** As in mooring_values/moments.py: known parts, a year among them. */
const timeFormat = /^(iso|epoch_s|epoch_ms|(?=.*%[Yy])([^%]|%[YymdHIMSfbBpz])+)$/;

/** Checks what columns say of their values, and that other sections name values that can occur. */
export function checkDataset(useCase: LookedDataset, complain: Complain): void {
  const { task, dataset, fairness } = useCase;
  const columns = dataset?.columns ?? [];
  columns.forEach((column, index) => checkColumn(column, ['dataset', 'columns', index], complain));
  const find = (name: unknown): Column | undefined => columns.find((each) => each.name === name);
  const location = dataset?.location;
  if (typeof location === 'string' && !location.startsWith('s3://'))
    complain(
      ['dataset', 'location'],
      `"${location}" is not allowed; allowed: an s3:// prefix (a file of this machine: mooring run --data FILE)`,
    );
  const time = find(dataset?.time)?.type;
  if (time !== undefined && time !== 'timestamp')
    complain(['dataset', 'time'], `column '${String(dataset?.time)}' is of type ${String(time)}; allowed: timestamp`);
  const label = find(dataset?.label);
  if ((task === 'regression' || task === 'forecast') && label !== undefined && !numeric.includes(label.type))
    complain(
      ['dataset', 'label'],
      `a ${task} task learns numbers, and column '${String(dataset?.label)}' is of type ${String(label.type)}; allowed: ${numeric.join(', ')}`,
    );
  checkValue(label, dataset?.positive, ['dataset', 'positive'], complain);
  checkNegative(useCase, label, complain);
  const { decimal = '.', thousands, delimiter = ',' } = dataset?.read ?? {};
  if (thousands === decimal)
    complain(['dataset', 'read', 'thousands'], `'${String(thousands)}' is the sign before the fraction already`);
  if (typeof delimiter === 'string' && delimiter.length > 1 && delimiter !== 'tab')
    complain(['dataset', 'read', 'delimiter'], `"${delimiter}" is not allowed; allowed: one character, or tab`);
  (fairness?.facets ?? []).forEach(({ name, disadvantaged }, index) =>
    checkValue(find(name), disadvantaged, ['fairness', 'facets', index, 'disadvantaged'], complain),
  );
}

/** What the negative values of a binary label are has to be known, and must not contradict the rest. */
function checkNegative(
  { task, dataset, labels, monitoring }: LookedDataset,
  label: Column | undefined,
  complain: Complain,
): void {
  const { positive, negative } = dataset ?? {};
  const path = ['dataset', 'negative'];
  if (negative !== undefined && task !== 'binary') {
    complain(path, `a ${String(task)} task has no negative values; leave it out`);
    return;
  }
  if (Array.isArray(negative)) {
    negative.forEach((each, index) => checkValue(label, each, [...path, index], complain));
    const index = negative.findIndex((each) => meaning(each) === meaning(positive));
    if (index >= 0) complain([...path, index], `'${String(negative[index])}' is dataset.positive already`);
  }
  const comesBack = labels !== undefined || monitoring?.quality !== undefined || monitoring?.bias !== undefined;
  if (task !== 'binary' || negative !== undefined || !isScalar(positive) || !comesBack) return;
  const categories = Array.isArray(label?.categories) ? label.categories.filter(isScalar) : undefined;
  if (negativeValues({ positive, column: { categories } }) === undefined)
    complain(
      path,
      `labels come back to this use case, and nothing says what the opposite of '${String(positive)}' is; allowed: a list of the negative values, or rest when every other value is negative`,
    );
}

function checkColumn(
  { type, categories, min, max, format }: Column,
  path: (string | number)[],
  complain: Complain,
): void {
  if (categories !== undefined && type !== 'category')
    complain(
      [...path, 'categories'],
      `a column of type ${String(type)} has none; leave them out, or write type: category`,
    );
  for (const [key, bound] of [
    ['min', min],
    ['max', max],
  ] as const)
    if (bound !== undefined && !numeric.includes(type))
      complain(
        [...path, key],
        `a column of type ${String(type)} has no bounds; leave it out, or use integer or number`,
      );
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    complain([...path, 'max'], `must not be below min (${min})`);
  if (format !== undefined && type !== 'timestamp')
    complain([...path, 'format'], `a column of type ${String(type)} has none; leave it out, or write type: timestamp`);
  else if (typeof format === 'string' && !timeFormat.test(format))
    complain(
      [...path, 'format'],
      `"${format}" is not allowed; allowed: iso, epoch_s, epoch_ms, or a pattern with a year such as %d/%m/%Y %H:%M`,
    );
  if (!Array.isArray(categories)) return;
  const texts = categories.map(meaning);
  const repeated = texts.findIndex((each, index) => texts.indexOf(each) !== index);
  const first = categories[texts.indexOf(texts[repeated] ?? '')] as unknown;
  if (repeated < 0) return;
  const again = String(categories[repeated]);
  complain(
    [...path, 'categories'],
    again === String(first) ? `'${again}' is listed twice` : `'${String(first)}' and '${again}' are one category`,
  );
}

/** A value that is compared with a column's has to be one of its categories, where they are listed. */
function checkValue(column: Column | undefined, value: unknown, path: (string | number)[], complain: Complain): void {
  if (value === undefined || !Array.isArray(column?.categories)) return;
  const known = column.categories.map(String);
  if (!column.categories.map(meaning).includes(meaning(value)))
    complain(path, `'${String(value)}' is no category of '${String(column.name)}'; there are: ${known.join(', ')}`);
}

/** A declared value as data would spell it; it is one even when it is spelled like a missing one. */
function meaning(value: unknown): string {
  if (typeof value === 'string') return cell(value, []);
  return isScalar(value) ? textOf(value) : String(value);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
