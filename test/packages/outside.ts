import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/app';

const run = promisify(execFile);

/** What programs outside may see of this process: where programs, caches and the registry are. */
const seen = /^(PATH|HOME|LANG|TMPDIR|npm_config_(registry|cache)|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** A project of somebody else, in a temporary folder: packages are installed into it from the files that `npm pack` makes. */
export class Outside {
  readonly folder = mkdtempSync(join(tmpdir(), 'mooring-outside-'));
  readonly env = Object.fromEntries(Object.entries(process.env).filter(([name]) => seen.test(name)));

  constructor() {
    this.write('package.json', JSON.stringify({ name: 'outside', private: true }));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Packs one of our packages and installs it, with third-party packages at the versions that the repository has. */
  async install(name: string, ...others: readonly string[]): Promise<void> {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
    const versions = { ...dependencies, ...devDependencies };
    const packed = await this.npm('pack', join(root, 'packages', name), '--silent');
    const file = packed.trim().split('\n').at(-1) ?? '';
    const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await this.npm(
      'install',
      ...options,
      `./${file}`,
      ...others.map((each) => `${each}@${versions[each] ?? 'absent'}`),
    );
    // A link would lead into the repository.
    expect(lstatSync(join(this.folder, 'node_modules/@mooring', name)).isSymbolicLink()).toBe(false);
  }

  npm(...args: readonly string[]): Promise<string> {
    return this.run('npm', args);
  }

  /** A program that the project's packages brought. */
  npx(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.run(join(this.folder, 'node_modules/.bin', program), args, env);
  }

  /** @throws Error with everything that the program printed. */
  async run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    try {
      const options = { cwd: this.folder, env: { ...this.env, ...env }, maxBuffer: 1 << 26 };
      return (await run(program, [...args], options)).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
    }
  }

  /** Starts a program that stays. */
  start(program: string, args: readonly string[]): ChildProcess {
    const file = join(this.folder, 'node_modules/.bin', program);
    return spawn(file, [...args], { cwd: this.folder, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
