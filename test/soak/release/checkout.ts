import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../support/app';
import type { Account } from '@mooring/local-account';
import { clientVariables } from '@mooring/local-account/test/support/clients';

const run = promisify(execFile);

/** What a push started. */
export interface Started {
  readonly tag: string;
  readonly executionId: string;
}

/** A checkout of this repository's newest commit with one use case and few unit tests: enough to release it. */
export class Checkout {
  constructor(
    readonly folder: string,
    private readonly useCase: string,
  ) {}

  create(): void {
    mkdirSync(this.folder, { recursive: true });
    const archive = execFileSync('git', ['-C', root, 'archive', 'HEAD'], { maxBuffer: 1 << 28 });
    execFileSync('tar', ['-x', '-C', this.folder], { input: archive });
    const defs = join(this.folder, 'pipeline-defs');
    for (const name of readdirSync(defs))
      if (!['standard', this.useCase].includes(name)) rmSync(join(defs, name), { recursive: true });
    this.replace(
      'package.json',
      /"test:release": "[^"]*"/,
      '"test:release": "jest --selectProjects unit --testPathPatterns contracts/names"',
    );
    this.git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(this.folder, '.git/info/exclude'), 'node_modules\n');
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    this.commit('the application with one use case');
  }

  /** @throws Error when there is nothing to replace: the change would be none. */
  replace(file: string, what: string | RegExp, by: string): void {
    const path = join(this.folder, file);
    const before = readFileSync(path, 'utf8');
    const after = before.replace(what, by);
    if (after === before) throw new Error(`${file} holds no ${String(what)}`);
    writeFileSync(path, after);
  }

  commit(message: string): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
  }

  /** Commits the version and tags it. */
  tag(tag: string): void {
    const version = tag.slice(tag.lastIndexOf('-v') + 2);
    const file = `pipeline-defs/${this.useCase}/use-case.yaml`;
    if (!readFileSync(join(this.folder, file), 'utf8').includes(`version: '${version}'`))
      this.replace(file, /version: '[^']*'/, `version: '${version}'`);
    if (this.git('status', '--porcelain') !== '') this.commit(tag);
    this.git('tag', '--annotate', tag, '--message', tag);
  }

  /** Not waited for in the way of {@link git}: the repository's hook asks the account, which answers from this process. */
  async push(...refs: readonly string[]): Promise<readonly Started[]> {
    const { stderr } = await run('git', ['-C', this.folder, 'push', 'origin', ...refs]);
    return [...stderr.matchAll(/(\S+) starts execution (\S+)/g)].map(([, tag = '', executionId = '']) => ({
      tag,
      executionId,
    }));
  }

  /** The CDK CLI, as a person runs it. */
  async cdk(account: Account, ...args: readonly string[]): Promise<void> {
    await run(process.execPath, [join(root, 'node_modules/aws-cdk/bin/cdk'), ...args], {
      cwd: this.folder,
      env: {
        ...process.env,
        NODE_ENV: undefined,
        ...clientVariables(account),
      },
      maxBuffer: 1 << 28,
    });
  }

  git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com'];
    return execFileSync('git', ['-C', this.folder, ...who, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  }
}

/**
 * A folder with an `npm` that installs from this checkout's node_modules instead of the registry: what the builds install
 * is pinned, and here it is there already. Everything else of the buildspecs runs as written.
 */
export function npmWithoutRegistry(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'npm');
  const real = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  const modules = join(root, 'node_modules');
  writeFileSync(
    file,
    [
      '#!/bin/sh',
      `[ "$1" = ci ] && exec ln -s "${modules}" node_modules`,
      'if [ "$1 $2" = "install -g" ]; then',
      `  case "$3" in aws-cdk@*) mkdir -p "$npm_config_prefix/bin" && ln -sf "${modules}/.bin/cdk" "$npm_config_prefix/bin/cdk";; esac`,
      '  exit 0',
      'fi',
      `exec "${real}" "$@"`,
      '',
    ].join('\n'),
  );
  chmodSync(file, 0o755);
  return folder;
}

/** A folder with a `node` that has further variables: builds see a list of the account's variables, PATH among them. */
export function nodeWith(folder: string, variables: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'node');
  const given = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(file, `#!/bin/sh\n${given.join(' ')} exec "${process.execPath}" "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}
