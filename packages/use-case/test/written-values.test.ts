import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../src/errors';
import { loadUseCase } from '../src/load-use-case';
import type { UseCase } from '../src/use-case';

interface Parts {
  readonly columns?: string;
  readonly label?: string;
  readonly more?: string;
}

const yaml = ({ columns = '', label = 'positive: 1', more = '' }: Parts): string => `
name: tiny
title: Tiny
purpose: Shows how values are written.
task: binary
dataset:
  columns:
    - { name: age, type: integer }
    - { name: y, type: category }
${columns}
  label: y
  ${label}
gates: { quality: { metric: auc, bound: 0.7 } }
${more}`;

describe('values of the data in use-case.yaml', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'mooring-values-')), 'tiny');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (parts: Parts): UseCase => {
    writeFileSync(join(folder, 'use-case.yaml'), yaml(parts));
    return loadUseCase(folder);
  };
  const problems = (parts: Parts): readonly string[] => {
    try {
      load(parts);
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.problems;
    }
  };

  test('are kept as they are written, although YAML reads numbers', () => {
    const { columns } = load({
      columns: '    - { name: code, type: category, categories: [010, 020, 1e3, 0x1F, 1.00, 1_000, 9007199254740993] }',
    }).dataset;
    expect(columns[2]?.categories).toEqual(['010', '020', '1e3', '0x1F', '1.00', '1_000', '9007199254740993']);
  });

  test('stay numbers, booleans and words where these are what is written', () => {
    const { columns } = load({
      columns: '    - { name: code, type: category, categories: [10, 2.5, true, yes] }',
    }).dataset;
    expect(columns[2]?.categories).toEqual([10, 2.5, true, 'yes']);
  });

  test('of label and facets are kept, too', () => {
    const useCase = load({
      label: 'positive: 01\n  negative: [02, 1e1]',
      columns: '    - { name: plz, type: category }',
      more: 'fairness: { facets: [{ name: plz, disadvantaged: 01067 }] }',
    });
    expect(useCase.dataset).toMatchObject({ positive: '01', negative: ['02', '1e1'] });
    expect(useCase.fairness?.facets[0]?.disadvantaged).toBe('01067');
  });

  test.each([
    ['[1, 1.00]', "'1' and '1.00' are one category"],
    ['[True, true]', "'true' is listed twice"],
    ["['True', 'true']", "'True' and 'true' are one category"],
    ['[a, b, a]', "'a' is listed twice"],
  ])('that mean the same are refused: %s', (categories, message) => {
    const column = `    - { name: code, type: category, categories: ${categories} }`;
    expect(problems({ columns: column })).toEqual([expect.stringContaining(message)]);
  });

  test('may spell a category in another way than its column lists it', () => {
    const columns = '    - { name: code, type: category, categories: [1.00, 2.00] }';
    expect(problems({ columns, more: 'fairness: { facets: [{ name: code, disadvantaged: 1 }] }' })).toEqual([]);
  });
});

describe('a declaration', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'mooring-values-')), 'tiny');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const problems = (parts: Parts): readonly string[] => {
    writeFileSync(join(folder, 'use-case.yaml'), yaml(parts));
    try {
      loadUseCase(folder);
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.problems;
    }
  };
  const labels = 'labels: { every: 1h }';

  test.each(['positive: 1', "positive: 'Yes'", 'positive: true', 'positive: bad\n  negative: [good, fair]'])(
    'of the positive value says what is negative: %s',
    (label) => expect(problems({ label, more: labels })).toEqual([]),
  );

  test('of negative values is asked for where labels come back and no convention says what they are', () => {
    expect(problems({ label: 'positive: bad', more: labels })).toEqual([
      expect.stringContaining(
        "nothing says what the opposite of 'bad' is; allowed: a list of the negative values, or rest",
      ),
    ]);
    expect(problems({ label: 'positive: bad' })).toEqual([]);
    expect(problems({ label: 'positive: bad\n  negative: rest', more: labels })).toEqual([]);
  });

  test('of negative values does not hold the positive one', () => {
    expect(problems({ label: 'positive: 1\n  negative: [0, 1.0]' })).toEqual([
      expect.stringContaining("'1.0' is dataset.positive already"),
    ]);
  });

  test.each([
    ['%d/%m/%Y', []],
    ['epoch_ms', []],
    ['%d/%m', [expect.stringContaining('a pattern with a year such as %d/%m/%Y')]],
    ['dd.mm.yyyy', [expect.stringContaining('a pattern with a year such as %d/%m/%Y')]],
  ])('of the format of times needs a year: %s', (format, expected) => {
    const columns = `    - { name: when, type: timestamp, format: '${format}' }`;
    expect(problems({ columns })).toEqual(expected);
  });
});
