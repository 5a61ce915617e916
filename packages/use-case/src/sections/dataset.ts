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
  /**
   * How a timestamp is written: `%d/%m/%Y` and the like, `epoch_s`, `epoch_ms`. ISO 8601 is always understood. Default: proven by
   * the values; where two formats fit, the run asks for this.
   */
  format: z.string().min(1).optional(),
});

/** How the raw files are written. Default: UTF-8, commas between values, points in numbers. */
const read = z.strictObject({
  /** Between values: one character, or `tab`. */
  delimiter: z.string().min(1).max(3).optional(),
  /** Sign before the fraction of a number. */
  decimal: z.enum(['.', ',']).optional(),
  /** Sign between groups of three digits. */
  thousands: z.enum([',', '.', ' ', "'", '_']).optional(),
  /** Name of a character encoding, e.g. latin-1 or cp1252. */
  encoding: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]+$/, 'the name of an encoding, e.g. latin-1')
    .optional(),
  /** Spellings of "no value", instead of the usual ones; in requests as well. An empty cell is always missing. */
  missing: z.array(z.string()).min(1).optional(),
});

/** The rows to learn from. */
export const dataset = z.strictObject({
  /** Where the raw rows are: an s3:// prefix. Default: the use case's `raw/` prefix in the data bucket. */
  location: z.string().min(1).optional(),
  format: z.enum(['csv', 'parquet']).default('csv'),
  read: read.optional(),
  columns: z.array(column).min(1),
  /** Column to learn. It is not a feature. */
  label: columnName,
  /** Value of the label that counts as 1 (binary tasks). */
  positive: scalar.optional(),
  /**
   * Values of the label that count as 0 (binary tasks); `rest`: every value but the positive one. Default: the other category,
   * the usual opposite (no for yes, 0 for 1), or the only other value of the training set. Anything else is an invalid label.
   */
  negative: z.union([z.literal('rest'), z.array(scalar).min(1)]).optional(),
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
