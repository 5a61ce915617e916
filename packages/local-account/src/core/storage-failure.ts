import { AwsError } from './errors';

/** Why the system would not keep what was written, by its code. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "the user's disk quota is used up",
  EFBIG: 'the file would be larger than this user may make files',
  EROFS: 'the file system is read only',
  EIO: 'the disk reports an input or output error',
};

/**
 * What was asked for could not be kept on disk; nothing of it was.
 *
 * 507 and not another 5xx: the SDKs repeat a 500, 502, 503 or 504 at once and would hide a full disk for most of a minute.
 */
export class StorageFailure extends AwsError {
  constructor(reason: string, file: string | undefined) {
    super(
      'InsufficientStorage',
      `the local account could not write${file === undefined ? '' : ` ${file}`}: ${reason}. Nothing of this request was kept; make room, then try again (what was acknowledged before is safe)`,
      507,
    );
  }
}

/** The error as a failure of storage, or undefined when it is something else. @param file where the system's error does not name it. */
export function storageFailure(error: unknown, file?: string): StorageFailure | undefined {
  if (error instanceof StorageFailure) return error;
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  const reason = reasons[error.code];
  if (reason === undefined) return undefined;
  const named = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  return new StorageFailure(reason, file ?? named);
}

/** Runs a piece of work that writes files. @throws StorageFailure for what the disk refuses, anything else as it is. */
export function writing<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageFailure(error, file) ?? error;
  }
}
