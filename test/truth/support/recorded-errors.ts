import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One error that AWS answered while somebody recorded it. */
export interface RecordedError {
  readonly service: string;
  readonly code: string;
  /** Empty where the recording holds none. */
  readonly status: string;
  readonly message: string;
  readonly test: string;
  readonly place: string;
}

export const recordedFile = join(__dirname, '../../../../shared/parity/aws-recorded/errors.tsv');

/** Undefined where the recording is absent. */
export function recordedErrors(): readonly RecordedError[] | undefined {
  if (!existsSync(recordedFile)) return undefined;
  const [, ...lines] = readFileSync(recordedFile, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [service = '', code = '', status = '', message = '', test = '', place = ''] = line.split('\t');
      return { service, code, status, message, test, place };
    });
}

/** What a call was answered: status and code as AWS writes them, `none` when it went well. */
export async function answerOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'none';
  } catch (error) {
    const {
      name,
      Code,
      Error: inner,
      $metadata,
    } = error as {
      readonly name: string;
      readonly Code?: string;
      readonly Error?: { readonly Code?: string };
      readonly $metadata?: { readonly httpStatusCode?: number };
    };
    if ($metadata?.httpStatusCode === undefined) throw error;
    return `${$metadata.httpStatusCode} ${inner?.Code ?? Code ?? name}`;
  }
}
