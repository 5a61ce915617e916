import { AwsError } from '../../core/errors';
import { text } from '../../core/input';
import type { Body } from '../../core/service';

/** What SQS and SNS refuse about the entries of a batch as a whole, in their common words. */
export function checkBatchEntries(entries: readonly Body[]): void {
  const ids = entries.map((each) => text(each, 'Id'));
  const wrong = ids.find((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id));
  if (wrong !== undefined)
    throw new AwsError(
      'InvalidBatchEntryId',
      wrong.length > 80
        ? `The Id of a batch entry in the batch request is too long: ${wrong}`
        : `The Id of a batch entry in the batch request contains an impermissible character: ${wrong}`,
    );
  if (new Set(ids).size < ids.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
}
