import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. @param env added to this process's environment. */
export function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(command, [...args], {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? -1, out, err }));
  });
}

/** A work folder of its own with the `mooring` command pointed at it. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'mooring-'));
  readonly state = join(this.folder, 'account');
  private account: ChildProcess | undefined;

  mooring(...args: readonly string[]): Promise<Ended> {
    return execute(process.execPath, [join(root, 'bin/mooring.js'), '--state', this.state, ...args]);
  }

  /** JSON that a command printed. @throws Error with the command's output when it failed. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, out, err } = await this.mooring(...args, '--json');
    if (code !== 0) throw new Error(`mooring ${args.join(' ')} ended with ${code}:\n${out}\n${err}`);
    return JSON.parse(out) as T;
  }

  read<T>(file: string): T {
    return JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as T;
  }

  /** `mooring up` in the background; resolves with its endpoint when it listens. */
  async up(): Promise<string> {
    const child = spawn(
      process.execPath,
      [join(root, 'bin/mooring.js'), '--state', this.state, 'up', '--port', '0', '--quiet', '--json'],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.account = child;
    return new Promise((done, fail) => {
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        const endpoint = /"endpoint": "([^"]+)"/.exec(out)?.[1];
        if (endpoint !== undefined) done(endpoint);
      });
      child.on('close', (code) => fail(new Error(`mooring up ended with ${code ?? 'a signal'}: ${out}`)));
    });
  }

  /** Ends the background account. */
  async down(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { account } = this;
    this.account = undefined;
    if (account === undefined || account.exitCode !== null) return;
    const ended = new Promise((done) => account.once('close', done));
    account.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
