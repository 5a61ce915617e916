/**
 * A failure that a user can mend: wrong input, a missing file, a port in use.
 *
 * Printed as one paragraph without a stack; anything else is a defect and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** @param problems the single problems, when there are several; the message lists them already. */
  constructor(
    message: string,
    readonly problems: readonly string[] = [],
  ) {
    super(message);
  }

  /** One error for several problems, listed below a heading. */
  static of(heading: string, problems: readonly string[]): UserError {
    return new UserError([heading, ...problems.map((each) => `  - ${each}`)].join('\n'), problems);
  }
}
