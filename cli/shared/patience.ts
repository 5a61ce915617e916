import { signedFetch } from '@mooring/local-account';
import type { Connection } from './clients';

/** Milliseconds without an answer after which a person wants to know why nothing happens. */
const patience = 10_000;

/**
 * Asks the account now and then whether it still answers, and says so when it does not: a command itself waits as long as its
 * work takes. @returns ends it.
 */
export function watchAccount(
  connection: Connection,
  pid: number,
  say: (text: string) => void,
  every = patience,
): () => void {
  let silent = false;
  let ended = false;
  let timer: ReturnType<typeof setTimeout>;
  const answers = (): Promise<boolean> =>
    signedFetch(`${connection.endpoint}/_local/health`, connection.keys, { method: 'GET', patience: every }).then(
      () => true,
      // A refused connection ends the command by itself.
      (error: NodeJS.ErrnoException) => error.code !== undefined,
    );
  const ask = async (): Promise<void> => {
    const answered = await answers();
    if (ended) return;
    if (!answered && !silent)
      say(
        `the local account (process ${pid}, ${connection.endpoint}) has not answered for ${every / 1000} s: it is stopped, or busy. Still waiting; Ctrl-C ends this command and leaves the account as it is`,
      );
    if (answered && silent) say('the local account answers again');
    silent = !answered;
    next();
  };
  const next = (): void => {
    timer = setTimeout(() => void ask(), every);
    timer.unref();
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
