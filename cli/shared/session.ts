import { UserError } from '@mooring/use-case/errors';
import { Account, AccountKeys, signedFetch, storageFailure } from '@mooring/local-account';
import { note } from './output';
import { watchAccount } from './patience';
import { clientsFor, type Clients, type Connection } from './clients';
import type { Project } from './project';

/** A connection to the local account, with everything a command needs of it. */
export interface Session extends Connection {
  readonly clients: Clients;
  /** Whether the account runs in this very process, for as long as the command. */
  readonly own: boolean;
  /** Calls a local-only route. @throws UserError with the account's answer. */
  control(method: 'GET' | 'POST', path: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

async function callControl(
  { endpoint, keys }: Connection,
  method: 'GET' | 'POST',
  path: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const query =
    method === 'GET' && Object.keys(input).length > 0
      ? `?${new URLSearchParams(Object.fromEntries(Object.entries(input).map(([key, value]) => [key, String(value)]))).toString()}`
      : '';
  const response = await signedFetch(
    `${endpoint}${path}${query}`,
    keys,
    method === 'POST'
      ? { method, body: JSON.stringify(input), headers: { 'content-type': 'application/json' } }
      : { method },
  );
  const answer = (await response.json()) as { readonly message?: string };
  if (!response.ok) throw new UserError(answer.message ?? `${method} ${path} answered ${response.status}`);
  return answer;
}

function sessionOn(connection: Connection, own: boolean, close: () => Promise<void>): Session {
  return {
    ...connection,
    clients: clientsFor(connection),
    own,
    control: (method, path, input) => callControl(connection, method, path, input),
    close,
  };
}

/**
 * Connects to the account that runs on this state folder; where none runs, starts one in this process on a free port.
 * Either way the same state is used, so commands work with and without `mooring up` in another terminal.
 */
export async function openSession(project: Project): Promise<Session> {
  const running = Account.running(project.state);
  if (running !== undefined) {
    const keys = AccountKeys.read(project.state).administrator;
    const connection = { endpoint: running.url, keys };
    const unwatch = watchAccount(connection, running.pid, note);
    return sessionOn(connection, false, () => Promise.resolve(unwatch()));
  }
  const account = await startAccount(project, 0);
  return sessionOn({ endpoint: account.endpointUrl(), keys: account.keys }, true, () => account.stop());
}

/** Starts the account in this process. @param port 0 for any free one. */
export async function startAccount(project: Project, port: number): Promise<Account> {
  const account = new Account({
    folder: project.state,
    port,
    python: project.python,
    imagePythons: project.imagePythons,
    env: process.env,
  });
  await account.start();
  surviveFullDisk(account);
  return account;
}

/** Work that nobody waits for must not end the account when the disk is full: it goes on once there is room. */
function surviveFullDisk(account: Account): void {
  const { trace } = account;
  process.on('unhandledRejection', (error) => {
    const failure = storageFailure(error);
    if (failure === undefined) throw error;
    trace.emit('work.failed', { timer: 'work in the background', error: failure.message });
    note(failure.message);
  });
}

/** Opens a session, runs the body and closes, whatever happens. */
export async function withSession<T>(project: Project, body: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(project);
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}
