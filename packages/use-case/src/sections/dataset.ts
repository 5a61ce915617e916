import { z } from 'zod';
import { columnName, scalar } from './values';

export const columnTypes = ['integer', 'number', 'category', 'text', 'timestamp'] as const;
const column = z.strictObject({
  name: columnName,
  type: z.enum(columnTypes),
  /** Known values of a category; learnt from the training set when absent. */
  categories: z.array(scalar).min(1).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  nullable: z.boolean().default(true),
});

/** The rows to learn from. */
export const dataset = z.strictObject({
  /** Where the raw rows are: an s3:// prefix. Default: the use case's `raw/` prefix in the data bucket. */
  location: z.string().min(1).optional(),
  format: z.enum(['csv', 'parquet']).default('csv'),
  columns: z.array(column).min(1),
  /** Column to learn. It is not a feature. */
  label: columnName,
  /** Value of the label that counts as 1 (binary tasks). */
  positive: scalar.optional(),
  /** Column with the time of a row, for splits by time. Not a feature. */
  time: columnName.optional(),
  /** Column that identifies a row. Not a feature. */
  key: columnName.optional(),
  /** Feature that holds the label's last known value when a prediction is made: the answer of the persistence baseline. */
  persistence: columnName.optional(),
});

/** How rows are held back for the test set. */
export const split = z.strictObject({
  method: z.enum(['random', 'time']).default('random'),
  test_size: z.number().gt(0).lt(1).default(0.2),
  seed: z.number().int().min(0).default(42),
});
