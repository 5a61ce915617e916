import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogSink } from '../../../../core/module';
import type { ImageInterpreter } from './interpreters';
import { lastLines } from './role-objects';
import { describeEnd, notContained } from './warm-interpreter';
import type { Ended, Running, WarmInterpreter } from './warm-interpreter';

/** Where containers keep everything. */
export const containerRoot = '/opt/ml';

/** The folder of one job: `ml` is what the job sees as /opt/ml, `log.txt` what it printed. */
export class JobFolder {
  readonly ml: string;
  readonly log: string;

  constructor(readonly path: string) {
    this.ml = join(path, 'ml');
    this.log = join(path, 'log.txt');
    mkdirSync(this.ml, { recursive: true });
    writeFileSync(this.log, '');
  }

  /** Place on disk of a path in the container. @throws Error for a path outside /opt/ml. */
  local(path: string): string {
    if (path !== containerRoot && !path.startsWith(`${containerRoot}/`))
      throw new Error(`'${path}' is not below ${containerRoot}, where a job's files lie`);
    const local = join(this.ml, path.slice(containerRoot.length));
    if (local !== this.ml && !local.startsWith(`${this.ml}/`))
      throw new Error(`'${path}' leads out of ${containerRoot}`);
    return local;
  }

  /** The same, as a folder that exists. */
  folder(path: string): string {
    const local = this.local(path);
    mkdirSync(local, { recursive: true });
    return local;
  }

  write(path: string, content: string): void {
    const local = this.local(path);
    mkdirSync(dirname(local), { recursive: true });
    writeFileSync(local, content);
  }

  /** Text of a small file the job may have left, or undefined. */
  text(path: string): string | undefined {
    const local = this.local(path);
    return statSync(local, { throwIfNoEntry: false })?.isFile() === true
      ? readFileSync(local, 'utf8').trim()
      : undefined;
  }
}

/** What a container is started with; paths are the container's. */
export interface ContainerRun {
  readonly folder: JobFolder;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** EnableNetworkIsolation. */
  readonly isolated: boolean;
  /** Seconds of real time after which it is ended. */
  readonly timeout: number;
  readonly stop: AbortSignal;
  readonly logGroup: string;
  readonly logStream: string;
}

export interface ContainerEnd {
  readonly ended: Ended;
  readonly succeeded: boolean;
  readonly timedOut: boolean;
  readonly stopped: boolean;
  /** What a person needs: exit code, the last lines, where the rest is. */
  readonly explanation: string;
}

const interpreters = /^(?:.*\/)?python3?(?:\.\d+)?$/;
/** Seconds between asking a job to end and ending it. */
const grace = 5;

/** Starts a container's command in a child of the warm interpreter, with /opt/ml mounted or, where that cannot be, rebased. */
export async function startContainer(
  warm: WarmInterpreter,
  run: Pick<ContainerRun, 'folder' | 'command' | 'cwd' | 'env' | 'isolated'>,
  kind?: 'server',
): Promise<Running> {
  const { folder } = run;
  const containment = await warm.containment();
  const { mapping: mapped } = containment;
  for (const note of notContained(containment, run.isolated)) appendFileSync(folder.log, `${note}\n`);
  const rebase = (text: string): string =>
    mapped ? text : text.replaceAll(/\/opt\/ml(?=\/|$|[^A-Za-z0-9_-])/g, folder.ml);
  const [head, ...rest] = run.command.map(rebase);
  const python = head !== undefined && interpreters.test(head);
  return warm.run({
    kind: kind ?? (python ? 'python' : 'exec'),
    argv: python ? rest : [head ?? '', ...rest],
    cwd: rebase(run.cwd),
    env: Object.fromEntries(Object.entries(run.env).map(([name, value]) => [name, rebase(value)])),
    log: folder.log,
    ml: folder.ml,
    isolated: run.isolated,
  });
}

/** Runs a container to its end, its timeout or its stop. */
export async function runContainer(
  { warm, notes }: Pick<ImageInterpreter, 'warm' | 'notes'>,
  logs: LogSink,
  run: ContainerRun,
): Promise<ContainerEnd> {
  for (const note of await notes()) appendFileSync(run.folder.log, `${note}\n`);
  const running = await startContainer(warm, run);
  let timedOut = false;
  let killer: ReturnType<typeof setTimeout> | undefined;
  const end = (): void => {
    running.kill(15);
    killer ??= setTimeout(() => running.kill(9), grace * 1000);
  };
  const timer = setTimeout(
    () => {
      timedOut = true;
      end();
    },
    Math.min(run.timeout * 1000, 2 ** 31 - 1),
  );
  if (run.stop.aborted) end();
  run.stop.addEventListener('abort', end);
  try {
    const ended = await running.ended;
    const lines = readFileSync(run.folder.log, 'utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (lines.length > 0) logs.append(run.logGroup, run.logStream, lines);
    const last = lastLines(run.folder.log);
    return {
      ended,
      succeeded: ended.code === 0 && !timedOut && !run.stop.aborted,
      timedOut,
      stopped: run.stop.aborted,
      explanation: `${describeEnd(ended)}. Last lines: ${last === '' ? '(nothing was printed)' : `\n${last}`}\nLog: ${run.folder.log}`,
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    run.stop.removeEventListener('abort', end);
  }
}
