import { UserError } from '../../packages/use-case/src/errors';

/** Codes of services that mean the caller's fault; their message says what to mend. */
const expectedNames = [
  'AccessDenied',
  'UnsupportedByLocalAccount',
  'ResourceNotFound',
  'ValidationException',
  'ResourceInUse',
  'ValidationError',
];

/**
 * What to print for a failure: expected ones as a paragraph, defects with their stack.
 *
 * @returns text and whether a defect of ours.
 */
export function describeError(error: unknown): { readonly text: string; readonly defect: boolean } {
  if (error instanceof UserError) return { text: error.message, defect: false };
  if (error instanceof Error) {
    if (error.name === 'CommanderError') return { text: '', defect: false };
    if (expectedNames.includes(error.name)) return { text: `${error.name}: ${error.message}`, defect: false };
    if ('code' in error && error.code === 'ECONNREFUSED')
      return { text: 'the local account stopped answering; start it again with `npx mooring up`', defect: false };
    return { text: error.stack ?? error.message, defect: true };
  }
  return { text: String(error), defect: true };
}
