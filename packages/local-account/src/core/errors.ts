/**
 * An error the account answers on the wire, in the service's own vocabulary.
 *
 * `status` below 500, or 507: clients retry any other 5xx for most of a minute, and silence would hide what is missing.
 */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    /** Extra members of the error body. */
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The third outcome beside success and failure: AWS can do this, the local account cannot, and says so by name. */
export class Unsupported extends AwsError {
  constructor(what: string, hint = '') {
    super(
      'UnsupportedByLocalAccount',
      `the local account does not support ${what}${hint === '' ? '' : `; ${hint}`} (see docs/local-account.md)`,
      400,
    );
  }
}

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);
export const notFound = (what: string, code = 'ResourceNotFound'): AwsError =>
  new AwsError(code, `${what} does not exist`);

/** Message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
