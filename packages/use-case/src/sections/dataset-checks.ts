interface Column {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly categories?: unknown;
  readonly min?: unknown;
  readonly max?: unknown;
}

/** What of a use case these checks look at; any of it may be missing or of a wrong type when the document is invalid. */
export interface LookedDataset {
  readonly task?: unknown;
  readonly dataset?: {
    readonly columns?: readonly Column[];
    readonly location?: unknown;
    readonly label?: unknown;
    readonly positive?: unknown;
    readonly time?: unknown;
  };
  readonly fairness?: { readonly facets?: readonly { readonly name?: unknown; readonly disadvantaged?: unknown }[] };
}

type Complain = (path: (string | number)[], message: string) => void;

const numeric: readonly unknown[] = ['integer', 'number'];

/** Checks what columns say of their values, and that other sections name values that can occur. */
export function checkDataset({ task, dataset, fairness }: LookedDataset, complain: Complain): void {
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
  (fairness?.facets ?? []).forEach(({ name, disadvantaged }, index) =>
    checkValue(find(name), disadvantaged, ['fairness', 'facets', index, 'disadvantaged'], complain),
  );
}

function checkColumn({ type, categories, min, max }: Column, path: (string | number)[], complain: Complain): void {
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
  if (!Array.isArray(categories)) return;
  const texts = categories.map(String);
  const repeated = texts.find((each, index) => texts.indexOf(each) !== index);
  if (repeated !== undefined) complain([...path, 'categories'], `'${repeated}' is listed twice`);
}

/** A value that is compared with a column's has to be one of its categories, where they are listed. */
function checkValue(column: Column | undefined, value: unknown, path: (string | number)[], complain: Complain): void {
  if (value === undefined || !Array.isArray(column?.categories)) return;
  const known = column.categories.map(String);
  if (!known.includes(String(value)))
    complain(path, `'${String(value)}' is no category of '${String(column.name)}'; there are: ${known.join(', ')}`);
}
