/** An expected failure, somebody's to mend: printed as a paragraph without a stack, exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
