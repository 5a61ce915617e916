import { z } from 'zod';

/** Kinds of values that sections of a use case have in common. */

export const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by single hyphens, e.g. credit-risk')
  .max(30);
export const columnName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]*$/, 'letters, digits, _ and ., not starting with a digit')
  .max(64);
export const scalar = z.union([z.string(), z.number(), z.boolean()]);
export const instanceType = z
  .string()
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'a SageMaker instance type, e.g. ml.m5.large');
/** An ISO-8601-like short duration: 15m, 1h, 2d. */
export const duration = z.string().regex(/^[1-9][0-9]*(m|h|d)$/, 'a number and a unit: 15m, 1h, 2d');
