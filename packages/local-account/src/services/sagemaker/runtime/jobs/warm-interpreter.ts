import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pythonSources } from '../../../../core/package-folder';

/** How a child ended: its exit code, or the signal that ended it. */
export interface Ended {
  readonly code?: number;
  readonly signal?: number;
}

/** A program to run in a child of the warm interpreter. */
export interface Program {
  /** `python`: argv are the arguments of python3. `exec`: argv is any command. `server`: the model server on `cwd`. */
  readonly kind: 'python' | 'exec' | 'server';
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that standard output and error are appended to. */
  readonly log: string;
  /** Folder that the child sees as /opt/ml, where the machine can do that. */
  readonly ml: string;
  /** Without network, where the machine can do that. */
  readonly isolated: boolean;
}

/** How far the machine lets the account contain a child. */
export interface Containment {
  /** It has an /opt/ml of its own; otherwise paths have to be rebased. */
  readonly mapping: boolean;
  /** It can write to its own folders only, and sees no keys. */
  readonly files: boolean;
  /** An isolated one has no network. */
  readonly network: boolean;
}

/** A child that runs. */
export interface Running {
  readonly pid: Promise<number>;
  /** Port of a model server. Never settles for other programs; rejects when the server ends before it listens. */
  readonly listening: Promise<number>;
  /** Rejects with {@link InterpreterLost} when the warm interpreter itself ended. */
  readonly ended: Promise<Ended>;
  kill(signal: number): void;
}

/** The process that forks jobs is gone: nobody's script is to blame. */
export class InterpreterLost extends Error {}

interface Report {
  readonly event: 'ready' | 'started' | 'listening' | 'exit';
  readonly id?: string;
  readonly pid?: number;
  readonly port?: number;
  readonly code?: number;
  readonly signal?: number;
  readonly mapping?: boolean;
  readonly files?: boolean;
  readonly network?: boolean;
  readonly missing?: readonly string[];
  readonly versions?: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly started: (pid: number) => void;
  readonly listening: (port: number) => void;
  readonly ended: (ended: Ended) => void;
  readonly lost: (error: Error) => void;
}

export interface WarmInterpreterOptions {
  readonly python: string;
  /** Folder for its log and for trying out the mount. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False: /opt/ml is never mounted, paths are rebased instead. Default: mounted where the machine can. */
  readonly mapping?: boolean;
  /** Files and folders that no child may see, besides those in which people keep keys. Default: none. */
  readonly hidden?: readonly string[];
}

interface Interpreter {
  readonly process: ChildProcess;
  readonly containment: Containment;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * A Python process with the libraries of the SageMaker images imported; every job is a fork of it, so that a step costs
 * its work and not its imports. Started on first use; it and all its children end with this process, however that ends.
 */
export class WarmInterpreter {
  private current: Promise<Interpreter> | undefined;
  private readonly waiting = new Map<string, Waiting>();
  private child: ChildProcess | undefined;
  private count = 0;
  private ready = false;
  private stopped = false;

  constructor(private readonly options: WarmInterpreterOptions) {}

  /** Starts the interpreter ahead of the first job. The first job reports what went wrong. */
  warm(): void {
    void this.interpreter().catch(() => undefined);
  }

  async containment(): Promise<Containment> {
    return (await this.interpreter()).containment;
  }

  /** Versions of the packages that the images have, too, by their names. */
  async versions(): Promise<Readonly<Record<string, string>>> {
    return (await this.interpreter()).versions;
  }

  async run(program: Program): Promise<Running> {
    const { process } = await this.interpreter();
    this.count += 1;
    const id = `${this.count}`;
    let waiting: Waiting | undefined;
    const pid = new Promise<number>((started, lost) => {
      waiting = { started, lost, listening: () => undefined, ended: () => undefined };
    });
    let listening: (port: number) => void = () => undefined;
    let failed: (error: Error) => void = () => undefined;
    const port = new Promise<number>((resolve, reject) => {
      listening = resolve;
      failed = reject;
    });
    port.catch(() => undefined);
    const ended = new Promise<Ended>((resolve, reject) => {
      this.waiting.set(id, {
        started: (value) => waiting?.started(value),
        listening,
        ended: (value) => {
          failed(new Error(`the model server ended before it listened (${describeEnd(value)})`));
          resolve(value);
        },
        lost: (error) => {
          waiting?.lost(error);
          failed(error);
          reject(error);
        },
      });
    });
    pid.catch(() => undefined);
    ended.catch(() => undefined);
    this.order(process, { op: 'start', id, ...program });
    return { pid, listening: port, ended, kill: (signal) => this.order(process, { op: 'kill', id, signal }) };
  }

  /** Ends the interpreter and everything it started. */
  async stop(): Promise<void> {
    this.stopped = true;
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.stdin?.end();
    if (!this.ready) child.kill('SIGKILL');
    await gone;
  }

  private order(process: ChildProcess, message: Readonly<Record<string, unknown>>): void {
    process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  private interpreter(): Promise<Interpreter> {
    if (this.stopped) return Promise.reject(new InterpreterLost('the account is stopping'));
    this.current ??= this.start();
    return this.current;
  }

  private start(): Promise<Interpreter> {
    const { folder, python, env, mapping, hidden = [] } = this.options;
    mkdirSync(folder, { recursive: true });
    const log = openSync(join(folder, 'warm.log'), 'a');
    const threads = env['OMP_NUM_THREADS'] ?? '2';
    const argv = [
      '-m',
      'mooring_local.warm',
      '--report',
      '3',
      '--scratch',
      join(folder, 'scratch'),
      ...(mapping === false ? ['--no-mapping'] : []),
      ...hidden.flatMap((each) => ['--hide', each]),
    ];
    const process = spawn(python, argv, {
      cwd: folder,
      stdio: ['pipe', log, log, 'pipe'],
      env: {
        PATH: env['PATH'] ?? '',
        HOME: folder,
        PYTHONPATH: pythonSources(),
        OMP_NUM_THREADS: threads,
        OPENBLAS_NUM_THREADS: '1',
        MKL_NUM_THREADS: '1',
        PYTHONUNBUFFERED: '1',
        LANG: 'C.UTF-8',
      },
    });
    closeSync(log);
    this.child = process;
    this.ready = false;
    process.stdin?.on('error', () => undefined);
    return new Promise<Interpreter>((ready, failed) => {
      const lost = (why: string): void => {
        const error = new InterpreterLost(
          `the warm Python interpreter ended (${why}); its log is ${join(folder, 'warm.log')}`,
        );
        this.current = undefined;
        for (const each of this.waiting.values()) each.lost(error);
        this.waiting.clear();
        failed(error);
      };
      process.once('error', (error) => lost(error.message));
      process.once('exit', (code, signal) => lost(signal ?? `exit code ${code}`));
      createInterface({ input: process.stdio[3] as Readable }).on('line', (line) => {
        const report = JSON.parse(line) as Report;
        if (report.event !== 'ready') {
          this.hear(report);
          return;
        }
        this.ready = true;
        const { mapping: maps = false, files = false, network = false } = report;
        ready({ process, versions: report.versions ?? {}, containment: { mapping: maps, files, network } });
      });
    });
  }

  private hear(report: Report): void {
    const id = report.id ?? '';
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    if (report.event === 'started') waiting.started(report.pid ?? 0);
    if (report.event === 'listening') waiting.listening(report.port ?? 0);
    if (report.event === 'exit') {
      this.waiting.delete(id);
      waiting.ended({
        ...(report.code === undefined ? {} : { code: report.code }),
        ...(report.signal === undefined ? {} : { signal: report.signal }),
      });
    }
  }
}

/** What a job of this machine can do that one in a container could not; one line each. */
export function notContained({ files, network }: Containment, isolated: boolean): readonly string[] {
  return [
    ...(files ? [] : ['it can change files of the user who runs the account, and read their keys']),
    ...(isolated && !network ? ['it asks for network isolation and has the network of this machine'] : []),
  ].map((what) => `local account: this job is not contained: ${what} (the system permits no namespaces)`);
}

/** What this machine lets the account do to contain jobs; all false where the interpreter cannot be asked. */
export function probeContainment(python: string): Containment {
  const scratch = mkdtempSync(join(tmpdir(), 'mooring-probe-'));
  try {
    const { stdout } = spawnSync(python, ['-m', 'mooring_local.warm', '--probe', '--scratch', scratch], {
      env: { PYTHONPATH: pythonSources() },
      encoding: 'utf8',
    });
    return { mapping: false, files: false, network: false, ...(JSON.parse(stdout) as Partial<Containment>) };
  } catch {
    return { mapping: false, files: false, network: false };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** `exit code 1`, `signal 9`. */
export const describeEnd = (ended: Ended): string =>
  ended.signal === undefined ? `exit code ${ended.code ?? 0}` : `signal ${ended.signal}`;
