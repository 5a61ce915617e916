/**
 * A failure that whoever runs the account can mend: a port in use, a folder that cannot be written.
 *
 * Printed as one paragraph without a stack; anything else is a defect and keeps its stack.
 */
export class AccountError extends Error {
  override readonly name = 'AccountError';
}
