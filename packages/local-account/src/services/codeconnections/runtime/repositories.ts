import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AwsError } from '../../../core/errors';
import type { AccountParts } from '../../../core/module';
import { besideCode } from '../../../core/package-folder';
import type { Collection } from '../../../core/store';

const run = promisify(execFile);

/** A ref that a push made or moved. */
export interface PushedRef {
  /** owner/name. */
  readonly repository: string;
  /** refs/tags/... or refs/heads/... */
  readonly ref: string;
  readonly commit: string;
}

/** A commit as the source action describes it. */
export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: string;
  readonly date: string;
}

const namePattern = /^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)+$/;

/**
 * Bare git repositories below the account's folder: what GitHub, GitLab or Bitbucket are on AWS.
 *
 * A hook announces a push to the account. What was pushed while no account was running is found when the next one starts.
 */
export class Repositories {
  private readonly seen: Collection<Readonly<Record<string, string>>>;
  private readonly root: string;
  private work: Promise<unknown> = Promise.resolve();

  constructor(private readonly account: Pick<AccountParts, 'folder' | 'store' | 'host'>) {
    this.seen = account.store.collection('codeconnections.refs');
    this.root = join(account.folder, 'repositories');
  }

  path(repository: string): string {
    if (!namePattern.test(repository) || repository.includes('..'))
      throw new AwsError('ValidationException', `'${repository}' is no repository name; expected owner/name`);
    return join(this.root, `${repository}.git`);
  }

  names(): readonly string[] {
    return this.seen.entries().map(([name]) => name);
  }

  /** Makes the repository unless it exists. */
  async ensure(repository: string): Promise<string> {
    const path = this.path(repository);
    if (!existsSync(join(path, 'HEAD'))) {
      mkdirSync(dirname(path), { recursive: true });
      await this.git(['init', '--quiet', '--bare', '--initial-branch=main', path]);
    }
    this.writeHook(repository, path);
    if (this.seen.get(repository) === undefined) this.seen.put(repository, await this.refs(repository));
    return path;
  }

  /** What pushes made or moved since the last look. One look at a time, so that nothing counts twice. */
  look(repository: string): Promise<readonly PushedRef[]> {
    const next = this.work.then(() => this.lookNow(repository));
    this.work = next.catch(() => undefined);
    return next;
  }

  /** @throws AwsError when the commit or branch is unknown. */
  async commit(repository: string, revision: string): Promise<Commit> {
    try {
      const format = '--format=%H%n%an%n%aI%n%s';
      const shown = await this.git(['-C', this.path(repository), 'log', '-1', format, `${revision}^{commit}`, '--']);
      const [id = '', author = '', date = '', message = ''] = shown.split('\n');
      return { id, author, date, message };
    } catch {
      throw new AwsError('InvalidRevision', `${repository} has no revision '${revision}'`);
    }
  }

  private async lookNow(repository: string): Promise<readonly PushedRef[]> {
    const now = await this.refs(repository);
    const before = this.seen.get(repository) ?? {};
    this.seen.put(repository, now);
    const moved = Object.entries(now).filter(([ref, commit]) => before[ref] !== commit);
    return Promise.all(
      moved.map(async ([ref]) => ({ repository, ref, commit: (await this.commit(repository, ref)).id })),
    );
  }

  private async refs(repository: string): Promise<Readonly<Record<string, string>>> {
    // In the order in which tags were made, so that two of one push queue in it.
    const args = ['for-each-ref', '--sort=refname', '--sort=creatordate', '--format=%(objectname) %(refname)'];
    const listed = await this.git(['-C', this.path(repository), ...args]);
    return Object.fromEntries(
      listed
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
    );
  }

  private async git(args: readonly string[]): Promise<string> {
    const { stdout } = await run('git', [...args], {
      env: { ...this.account.host.for('tool'), GIT_CONFIG_NOSYSTEM: '1' },
    });
    return stdout.trim();
  }

  /** The account's address changes from start to start, so the program reads it when it runs. */
  private writeHook(repository: string, path: string): void {
    const hook = join(path, 'hooks', 'post-receive');
    mkdirSync(dirname(hook), { recursive: true });
    const words = [process.execPath, announceFile(), resolve(this.account.folder), repository];
    writeFileSync(hook, `#!/bin/sh\ncat > /dev/null\nexec ${words.map(quoted).join(' ')}\n`);
    chmodSync(hook, 0o755);
  }
}

/** Program that announces a push to the account. */
const announceFile = (): string => besideCode('services/codeconnections/runtime/announce-push.cjs');

/** One word of a shell command. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
