import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RuntimeInvocation, RuntimeSession } from './runtime-api';

/** What one invocation gave. */
export interface Outcome {
  /** JSON text: the answer, or the error's members. */
  readonly payload: string;
  readonly error?: 'Handled' | 'Unhandled';
  readonly lines: readonly string[];
  /** Real milliseconds in the handler. */
  readonly milliseconds: number;
  /** Real milliseconds from start to readiness; only of a worker's first invocation. */
  readonly initMilliseconds?: number;
}

interface Current {
  readonly invocation: RuntimeInvocation;
  readonly resolve: (outcome: Outcome) => void;
  readonly lines: string[];
  timer?: ReturnType<typeof setTimeout>;
  startedAt: number;
  reply?: { readonly kind: 'response' | 'error'; readonly body: string };
  linesEnded: boolean;
}

export interface WorkerSettings {
  readonly program: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
}

const lastLinesWait = 200;
const initLimit = 10_000;

/** One execution environment: a child process that handles one invocation at a time and is used again while it lives. */
export class Worker implements RuntimeSession {
  private readonly child: ChildProcess;
  private readonly born = Date.now();
  private respond: ((invocation: RuntimeInvocation) => void) | undefined;
  private current: Current | undefined;
  private initMilliseconds: number | undefined;
  private early: string[] = [];
  private dead = false;

  constructor(
    readonly id: string,
    readonly logStream: string,
    private readonly settings: WorkerSettings,
    private readonly ended: (worker: Worker) => void,
  ) {
    this.child = spawn(
      process.execPath,
      [`--max-old-space-size=${Math.max(settings.memory, 128)}`, '--enable-source-maps', settings.program],
      {
        cwd: settings.folder,
        env: settings.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.line(line));
    this.child.on('error', (error) => this.exited(`could not start: ${error.message}`));
    this.child.on('close', (code, signal) =>
      this.exited(signal === null ? `exit status ${code ?? 0}` : `signal: ${signal}`),
    );
  }

  get alive(): boolean {
    return !this.dead;
  }

  invoke(invocation: RuntimeInvocation): Promise<Outcome> {
    return new Promise((resolve) => {
      this.current = { invocation, resolve, lines: this.early, startedAt: Date.now(), linesEnded: false };
      this.early = [];
      if (this.respond === undefined) this.limit(initLimit + this.settings.timeout * 1000);
      else this.hand();
    });
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  next(respond: (invocation: RuntimeInvocation) => void): void {
    this.initMilliseconds ??= Date.now() - this.born;
    this.respond = respond;
    if (this.current !== undefined && this.current.reply === undefined) this.hand();
  }

  finished(requestId: string, kind: 'response' | 'error', body: string): void {
    const { current } = this;
    if (current?.invocation.requestId !== requestId) return;
    current.reply = { kind, body };
    if (current.linesEnded) this.settle(current);
    else setTimeout(() => this.settle(current), lastLinesWait);
  }

  initFailed(body: string): void {
    if (this.current !== undefined) this.resolve(this.current, { payload: body, error: 'Unhandled' });
  }

  private hand(): void {
    const { current, respond } = this;
    if (current === undefined || respond === undefined) return;
    this.respond = undefined;
    current.startedAt = Date.now();
    this.limit(this.settings.timeout * 1000);
    respond({ ...current.invocation, deadline: current.startedAt + this.settings.timeout * 1000 });
  }

  private limit(milliseconds: number): void {
    const { current } = this;
    if (current === undefined) return;
    clearTimeout(current.timer);
    current.timer = setTimeout(() => {
      const message = `${new Date().toISOString()} ${current.invocation.requestId} Task timed out after ${this.settings.timeout.toFixed(2)} seconds`;
      current.lines.push(message);
      this.resolve(current, {
        payload: JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage: message }),
        error: 'Unhandled',
      });
      this.stop();
    }, milliseconds);
  }

  private line(line: string): void {
    const { current } = this;
    if (line.startsWith('\u0000end ')) {
      if (current === undefined || line !== `\u0000end ${current.invocation.requestId}`) return;
      current.linesEnded = true;
      if (current.reply !== undefined) this.settle(current);
    } else (current?.lines ?? this.early).push(line.replaceAll('\r', '\n'));
  }

  private settle(current: Current): void {
    if (this.current !== current || current.reply === undefined) return;
    const { kind, body } = current.reply;
    this.resolve(current, kind === 'response' ? { payload: body } : { payload: body, error: 'Unhandled' });
  }

  private exited(reason: string): void {
    if (this.dead) return;
    this.dead = true;
    const { current } = this;
    if (current !== undefined) {
      const message = `RequestId: ${current.invocation.requestId} Error: Runtime exited with error: ${reason}`;
      this.resolve(current, {
        payload: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: message }),
        error: 'Unhandled',
      });
    }
    this.ended(this);
  }

  private resolve(current: Current, result: Pick<Outcome, 'payload' | 'error'>): void {
    if (this.current !== current) return;
    clearTimeout(current.timer);
    this.current = undefined;
    const initMilliseconds = this.initMilliseconds;
    this.initMilliseconds = -1;
    current.resolve({
      ...result,
      lines: current.lines,
      milliseconds: Date.now() - current.startedAt,
      ...(initMilliseconds === undefined || initMilliseconds < 0 ? {} : { initMilliseconds }),
    });
  }
}
