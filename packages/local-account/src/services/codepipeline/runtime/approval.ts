import { AwsError } from '../../../core/errors';

/** Answer to a manual approval. */
export interface Approval {
  readonly approved: boolean;
  readonly summary: string;
  readonly by: string;
}

/** A person said no. */
export class Rejection extends AwsError {
  constructor(
    message: string,
    readonly by: string,
  ) {
    super('ApprovalRejected', message);
  }
}
