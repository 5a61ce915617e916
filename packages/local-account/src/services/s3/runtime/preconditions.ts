import { AwsError } from '../../../core/errors';
import type { ObjectHeaders, Version } from './records';

export interface CommitOptions extends ObjectHeaders {
  readonly reason?: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
  readonly onlyIfAbsent?: boolean;
  /** If-Match: the etag the object must have. */
  readonly onlyIfMatch?: string;
}

/** @throws AwsError when a key may not be written: a bad key, or If-None-Match or If-Match that does not hold. */
export function checkPreconditions(key: string, current: Version | undefined, options: CommitOptions): void {
  if (key === '' || Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'a key has 1 to 1024 bytes');
  if (options.onlyIfAbsent === true && current !== undefined) throw failed('If-None-Match');
  if (options.onlyIfMatch === undefined) return;
  if (current === undefined)
    throw new AwsError('NoSuchKey', `the key '${key}' does not exist, so If-Match cannot hold`, 404, { Key: key });
  if (current.etag !== options.onlyIfMatch) throw failed('If-Match');
}

function failed(condition: string): AwsError {
  return new AwsError(
    'PreconditionFailed',
    `at least one of the pre-conditions you specified did not hold: ${condition}`,
    412,
    { Condition: condition },
  );
}
