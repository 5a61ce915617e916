import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccountError } from './account-error';
import { writing } from './storage-failure';

interface Holder {
  readonly pid: number;
  /** Start time of the process as the kernel counts it, where that can be read: process ids are reused. */
  readonly started: string;
  /** Endpoint, once the account listens. */
  readonly url?: string;
}

/** Keeps two processes from working on one state folder. A lock whose process is gone counts for nothing. */
export class StateLock {
  private readonly file: string;

  private constructor(private readonly folder: string) {
    this.file = lockFile(folder);
  }

  /** @throws AccountError that tells who holds the folder, or why no state can be kept in it. */
  static acquire(folder: string): StateLock {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (readdirSync(folder).length > 0 && !holdsState(folder))
        throw new AccountError(
          `${folder} holds files that are no state of a local account; choose a new or empty folder`,
        );
      return StateLock.lock(folder);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      const reason = unusable[code];
      if (reason === undefined) throw error;
      throw new AccountError(
        `no state can be kept in ${folder}: ${reason} (${code}); choose another folder with --state`,
      );
    }
  }

  private static lock(folder: string): StateLock {
    const lock = new StateLock(folder);
    const mine: Holder = { pid: process.pid, started: startTime(process.pid) };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        lock.claim(mine);
        return lock;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = StateLock.holder(folder);
      if (holder !== undefined) {
        const where = holder.url === undefined ? '' : ` (${holder.url})`;
        throw new AccountError(
          `the state in ${folder} is in use by the local account of process ${holder.pid}${where}; stop that process, or choose another state folder`,
        );
      }
      rmSync(lock.file, { force: true });
    }
    throw new AccountError(`could not lock the state in ${folder}: another process keeps taking it`);
  }

  /** Makes the lock with its content in one step, so that nobody sees it empty. @throws EEXIST when there is one. */
  private claim(mine: Holder): void {
    const fresh = `${this.file}.${process.pid}`;
    try {
      writeFileSync(fresh, JSON.stringify(mine));
      linkSync(fresh, this.file);
    } catch (error) {
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
      // A file system without hard links, e.g. FAT.
      writeFileSync(this.file, JSON.stringify(mine), { flag: 'wx' });
    } finally {
      rmSync(fresh, { force: true });
    }
  }

  /** The living process that holds the folder. */
  static holder(folder: string): Holder | undefined {
    const file = lockFile(folder);
    if (!existsSync(file)) return undefined;
    let holder: Holder;
    try {
      holder = JSON.parse(readFileSync(file, 'utf8')) as Holder;
    } catch {
      return undefined;
    }
    return isAlive(holder) ? holder : undefined;
  }

  /** Tells other processes where the account listens. */
  announce(url: string): void {
    const mine: Holder = { pid: process.pid, started: startTime(process.pid), url };
    writing(this.file, () => {
      writeFileSync(`${this.file}.new`, JSON.stringify(mine));
      renameSync(`${this.file}.new`, this.file);
    });
  }

  release(): void {
    if (StateLock.holder(this.folder)?.pid === process.pid) rmSync(this.file, { force: true });
  }
}

/** Why a folder cannot be written, by the system's code. */
const unusable: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written by this user',
  EPERM: 'it may not be written by this user',
  EROFS: 'it is on a file system that is read only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
};

/** Lies in state that a tour made, from before its account starts. */
export const tourMarker = 'made-by-the-tour';

/** Whether a folder is the state of a local account, running or not. */
export const holdsState = (folder: string): boolean =>
  ['journal.jsonl', 'lock.json', tourMarker].some((each) => existsSync(join(folder, each)));

const lockFile = (folder: string): string => join(folder, 'lock.json');

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startTime(pid);
  return now === '' || started === '' || now === started;
}

/** Field 22 of /proc/<pid>/stat; empty where there is no such file. The name in field 2 may have spaces, so count from its end. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
