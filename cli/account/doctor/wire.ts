import { UserError } from '@mooring/use-case/errors';
import { signedFetch } from '@mooring/local-account';
import type { Session } from '../../shared/session';

/** An API with a JSON protocol and no client among the dependencies: one operation of it is needed. */
export interface WireApi {
  readonly signingName: string;
  /** Before the operation's name in X-Amz-Target. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

/** Calls the local account. @throws UserError with its answer. */
export async function callJson<T>(
  { endpoint, keys }: Session,
  { signingName, target, version }: WireApi,
  operation: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const response = await signedFetch(endpoint, keys, {
    method: 'POST',
    service: signingName,
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': `${target}.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const answer = (await response.json()) as T & { readonly message?: string };
  if (!response.ok) throw new UserError(answer.message ?? `${operation} answered ${response.status}`);
  return answer;
}
