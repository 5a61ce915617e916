import { type LabelDeclaration, labelMeaning } from '../src/label-rule';
import { cell, numberOf, textOf } from '../src/cells';
import table from '../src/values.json';

/** The declarations of the table have the keys that the YAML has. */
type Declared = LabelDeclaration['column'] & Omit<LabelDeclaration, 'column'>;

describe('a cell means the same in TypeScript as in Python', () => {
  test.each(table.cells)('cell %j is %j', (raw = '', text = '') => {
    expect(cell(raw)).toBe(text);
    expect(cell(text)).toBe(text);
  });

  test.each(table.values as [string | number | boolean | null, string][])('value %j is %j', (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  test.each(table.numbers as [string, number | null][])('number %j is %j', (text, number) => {
    expect(numberOf(text)).toBe(number ?? undefined);
  });
});

const labels = table.labels.flatMap(({ label, values }) =>
  (values as [string | number | boolean, string | number | null][]).map(
    ([raw, meaning]) => [raw, meaning, label as Declared] as const,
  ),
);

describe('a label means the same in TypeScript as in Python', () => {
  test.each(labels)('%j is %j for %j', (raw, meaning, { task, positive, negative, ...column }) => {
    const found = labelMeaning(raw, { task, column, positive, negative });
    expect(found.kind === 'label' ? found.value : found.kind === 'missing' ? null : 'invalid').toBe(meaning);
  });
});
