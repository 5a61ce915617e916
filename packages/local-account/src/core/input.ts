import { validation } from './errors';
import type { Body } from './service';

/**
 * Readers of request members. Query and REST clients send numbers, booleans and times as strings, and an empty list as
 * an empty string; JSON clients send times as epoch seconds, CBOR clients as dates. All readers throw ValidationException
 * that names the member.
 */

/** A mandatory, non-empty string. */
export function text(input: Body, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === '') throw validation(`'${name}' is missing; give a non-empty string`);
  return value;
}

export function optionalText(input: Body, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw validation(`'${name}' must be a string, not ${kindOf(value)}`);
}

export function optionalNumber(input: Body, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : NaN;
  if (Number.isNaN(number)) throw validation(`'${name}' must be a number, not ${JSON.stringify(value)}`);
  return number;
}

export function optionalFlag(input: Body, name: string): boolean | undefined {
  const value = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'True') return true;
  if (value === 'false' || value === 'False') return false;
  throw validation(`'${name}' must be true or false, not ${JSON.stringify(value)}`);
}

/** A point in time: epoch seconds (JSON), ISO-8601 (Query, REST) or a Date (CBOR, in process). */
export function optionalInstant(input: Body, name: string): Date | undefined {
  const value = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  const date =
    value instanceof Date
      ? value
      : typeof value === 'number'
        ? new Date(value * 1000)
        : typeof value === 'string'
          ? parseInstant(value)
          : undefined;
  if (date === undefined || Number.isNaN(date.getTime()))
    throw validation(`'${name}' must be a time (ISO-8601 or epoch seconds), not ${JSON.stringify(value)}`);
  return date;
}

/** A list; absent and empty are the same. */
export function list(input: Body, name: string): readonly unknown[] {
  const value = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value;
  throw validation(`'${name}' must be a list, not ${kindOf(value)}`);
}

export function textList(input: Body, name: string): readonly string[] {
  return list(input, name).map((value, index) => text({ [`${name}[${index}]`]: value }, `${name}[${index}]`));
}

/** A list of structures. */
export function bodies(input: Body, name: string): readonly Body[] {
  return list(input, name).map((value, index) => {
    if (!isBody(value)) throw validation(`'${name}[${index}]' must be a structure, not ${kindOf(value)}`);
    return value;
  });
}

/** A structure; absent and empty are the same. */
export function body(input: Body, name: string): Body {
  const value = input[name];
  if (value === undefined || value === null || value === '') return {};
  if (isBody(value)) return value;
  throw validation(`'${name}' must be a structure, not ${kindOf(value)}`);
}

export function isBody(value: unknown): value is Body {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

function parseInstant(value: string): Date {
  return /^[0-9]+(\.[0-9]+)?$/.test(value) ? new Date(Number(value) * 1000) : new Date(value);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a structure' : `a ${typeof value}`;
}
