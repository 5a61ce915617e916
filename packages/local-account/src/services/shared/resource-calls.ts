import { AwsError } from '../../core/errors';
import type { AccountParts } from '../../core/module';
import type { Body } from '../../core/service';

/** How a CloudFormation provider calls the API of its service: as the account itself. */
export type ResourceCall = (operation: string, input: Body) => Promise<Body>;

export const resourceCall =
  (account: AccountParts, service: string): ResourceCall =>
  (operation, input) =>
    account.call(service, operation, input, account.iam.service);

/** The named properties that are set. */
export function pick(properties: Body, names: readonly string[]): Body {
  return Object.fromEntries(
    names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );
}

/** Deleting what is gone already is fine. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AwsError) || !/NotFound|NonExistent|DoesNotExist/.test(error.code)) throw error;
  }
}

/** Deep copy with numbers and booleans that templates spell as text turned into what they are, for members an API takes as JSON types. */
export function typed(value: unknown, numbers: readonly string[], flags: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((each) => typed(each, numbers, flags));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (numbers.includes(name) && typeof each === 'string' && each !== '') return [name, Number(each)];
      if (flags.includes(name) && (each === 'true' || each === 'false')) return [name, each === 'true'];
      return [name, typed(each, numbers, flags)];
    }),
  );
}

/** JSON text of a property that templates may give as text or as an object. */
export const jsonText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
