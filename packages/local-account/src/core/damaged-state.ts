import { AccountError } from './account-error';

/** What offers the way out of a damaged state, in every message about one. */
export const repairHint =
  '`npx mooring account repair` moves what cannot be read to a file beside it and keeps the rest; `npx mooring reset` starts anew';

/** The state on disk holds what the account did not write. */
export class DamagedState extends AccountError {
  constructor(
    readonly file: string,
    /** Line of the file, from 1. */
    readonly line: number | undefined,
    reason: string,
  ) {
    super(`${file}${line === undefined ? '' : `, line ${line}`}: ${reason}. Nothing was changed. ${repairHint}`);
  }
}
