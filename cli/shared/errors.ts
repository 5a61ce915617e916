import { AccountError } from '@mooring/local-account';
import { UserError } from '@mooring/use-case/errors';

/** Message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Codes of services that mean the caller's fault, or a disk that is full; their message says what to mend. */
const expectedNames = [
  'AccessDenied',
  'AccessDeniedException',
  'InsufficientStorage',
  'UnsupportedByLocalAccount',
  'ResourceNotFound',
  'ValidationException',
  'ResourceInUse',
  'ValidationError',
];

/** Codes of a connection that the other side does not take, or has broken off. */
const brokenConnection = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET'];

/**
 * What to print for a failure: expected ones as a paragraph, defects with their stack.
 *
 * @returns text and whether a defect of ours.
 */
export function describeError(error: unknown): { readonly text: string; readonly defect: boolean } {
  if (error instanceof UserError || error instanceof AccountError) return { text: error.message, defect: false };
  const code = causesOf(error)
    .map(codeOf)
    .find((each) => each !== undefined && brokenConnection.includes(each));
  if (code !== undefined)
    return {
      text: `the local account ended while this command was waiting for it (${code}). What it acknowledged is on disk: start it again with \`npx mooring up\`, or run this command again without one`,
      defect: false,
    };
  if (error instanceof Error) {
    if (error.name === 'CommanderError') return { text: '', defect: false };
    if (expectedNames.includes(error.name)) return { text: `${error.name}: ${error.message}`, defect: false };
    return { text: error.stack ?? error.message, defect: true };
  }
  return { text: String(error), defect: true };
}

/** The error and what it was caused by: clients wrap what the system says, sometimes twice. */
function causesOf(error: unknown, depth = 0): readonly unknown[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const causes = [
    ...('cause' in error ? [error.cause] : []),
    ...('errors' in error && Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : []),
  ];
  return [error, ...causes.flatMap((each) => causesOf(each, depth + 1))];
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
