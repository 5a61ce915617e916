import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccountError } from './account-error';

/** Keys as AWS clients take them. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a session token states. Clients treat the token as opaque. */
export interface SessionClaims {
  readonly accessKeyId: string;
  readonly roleArn: string;
  readonly sessionName: string;
  /** Epoch milliseconds on the account's clock. Absent: for as long as the account keeps its keys. */
  readonly expires?: number;
}

interface KeyFile {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Seals session tokens and derives their secrets; never leaves this file. */
  readonly sessionSecret: string;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The account's own keys: random, made when a state folder is first used, in a file that only its owner can read.
 *
 * Sessions are not stored. A session token carries what it states, sealed with a secret of the account, and the session's
 * secret key is derived from the token: neither can be made, changed or extended by anybody else.
 */
export class AccountKeys {
  private constructor(private readonly file: KeyFile) {}

  /** Reads the keys of a state folder and makes them when there are none. */
  static ensure(folder: string): AccountKeys {
    const path = keyFile(folder);
    if (!existsSync(path)) create(path);
    // A folder that was copied or restored may have lost the mode.
    if (process.platform !== 'win32') chmodSync(path, 0o600);
    return AccountKeys.read(folder);
  }

  /** @throws AccountError when the folder has no keys, or none that can be used. */
  static read(folder: string): AccountKeys {
    const path = keyFile(folder);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw new AccountError(
        `the keys of the local account cannot be read from ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}; only the user who started the account may read them`,
      );
    }
    const file = parse(text);
    if (file === undefined)
      throw new AccountError(
        `${path} is damaged; delete it and start the account again: it makes new keys (run \`mooring env\` again in open shells)`,
      );
    return new AccountKeys(file);
  }

  /** The administrator's keys, which `mooring env` prints. */
  get administrator(): Keys {
    const { accessKeyId, secretAccessKey } = this.file;
    return { accessKeyId, secretAccessKey };
  }

  /** Keys for a session. @param id 16 characters of the access key id. Default: random, as AWS does. */
  seal(claims: Omit<SessionClaims, 'accessKeyId'>, id = randomId(16)): Required<Keys> {
    const accessKeyId = `ASIA${id}`;
    const body = Buffer.from(JSON.stringify({ ...claims, accessKeyId })).toString('base64url');
    const sessionToken = `${body}.${this.hmac('token', body).toString('base64url')}`;
    return { accessKeyId, secretAccessKey: this.secretOf(sessionToken), sessionToken };
  }

  /** What a token states; undefined when this account did not make it. */
  open(sessionToken: string): (SessionClaims & { readonly secretAccessKey: string }) | undefined {
    const [body = '', seal = ''] = sessionToken.split('.');
    const expected = this.hmac('token', body);
    const given = Buffer.from(seal, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as SessionClaims;
    return { ...claims, secretAccessKey: this.secretOf(sessionToken) };
  }

  private secretOf(sessionToken: string): string {
    return this.hmac('secret', sessionToken).toString('base64').slice(0, 40);
  }

  private hmac(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.file.sessionSecret).update(`${purpose}\0${text}`).digest();
  }
}

/** The keys that this environment gives AWS clients. @throws AccountError when it gives none. */
export function keysOfEnvironment(env: Readonly<Record<string, string | undefined>>): Keys {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new AccountError(
      'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set; for the local account: eval "$(npx mooring env)"',
    );
  return { accessKeyId, secretAccessKey, ...(token === undefined || token === '' ? {} : { sessionToken: token }) };
}

const keyFile = (folder: string): string => join(folder, 'keys.json');

/** Complete before it has its name, and never in place of keys that another process made meanwhile. */
function create(path: string): void {
  const made: KeyFile = {
    accessKeyId: `AKIA${randomId(16)}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionSecret: randomBytes(32).toString('base64'),
  };
  const fresh = `${path}.${process.pid}.new`;
  try {
    writeFileSync(fresh, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600 });
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

function parse(text: string): KeyFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { accessKeyId, secretAccessKey, sessionSecret } = value as Partial<KeyFile>;
  if (!/^AKIA[A-Z2-7]{16}$/.test(accessKeyId ?? '')) return undefined;
  if ((secretAccessKey ?? '').length < 40 || (sessionSecret ?? '').length < 40) return undefined;
  return value as KeyFile;
}

function randomId(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % 32]).join('');
}
