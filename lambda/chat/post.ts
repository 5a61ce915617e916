import { ChatFailure } from './failure';

/** What a chat answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Posts JSON to a webhook. */
export type Poster = (url: URL, body: string) => Promise<Answer>;

/** How long a chat may take, in milliseconds. */
export const patience = 10_000;

/** Posts over the network. Nothing is followed: a redirection could lead anywhere. @param limit milliseconds */
export function poster(limit = patience): Poster {
  return async (url, body) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(limit),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      if ((error as { readonly name?: unknown }).name === 'TimeoutError')
        throw new ChatFailure(`did not answer within ${limit / 1000} s`);
      throw new ChatFailure(`could not be reached (${codeOf(error)})`);
    }
  };
}

/** E.g. ECONNREFUSED; fetch keeps it in the cause of its error. */
function codeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'no code given';
}

/** One of Slack's words, such as invalid_blocks; anything else may hold more than that. */
const word = /^[a-z_]{1,60}$/;

/** @throws ChatFailure unless the status is 2xx. */
export function requireAccepted({ status, text }: Answer): void {
  if (status >= 200 && status <= 299) return;
  throw new ChatFailure(`answered ${status}${word.test(text) ? ` ${text}` : ''}`);
}
