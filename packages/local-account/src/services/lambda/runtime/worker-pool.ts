import { AwsError } from '../../../core/errors';
import type { RuntimeApi } from './runtime-api';
import { Worker, type WorkerSettings } from './worker';

interface Pool {
  readonly idle: Worker[];
  readonly all: Set<Worker>;
  readonly waiting: (() => void)[];
  /** Workers taken or being started. */
  busy: number;
}

/** How many processes of one function run at a time when it reserves no concurrency; more invocations wait. */
const defaultConcurrency = 8;
const idleLimit = 60_000;

/** Workers by function version: used again while they are warm, ended when idle or when their function changes. */
export class WorkerPool {
  private readonly pools = new Map<string, Pool>();
  private readonly timers = new Map<Worker, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly api: RuntimeApi,
    private readonly newId: () => string,
  ) {}

  /**
   * Runs work on a worker of its own.
   *
   * @param key function, version and revision
   * @param reserved concurrency the function reserves; beyond it invocations are refused
   * @throws AwsError TooManyRequestsException
   */
  async with<T>(
    key: string,
    reserved: number | undefined,
    start: (runtimeApi: string, logStream: string) => WorkerSettings,
    logStream: () => string,
    work: (worker: Worker) => Promise<T>,
  ): Promise<T> {
    const pool = this.pool(key);
    if (reserved !== undefined && pool.busy >= reserved)
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    while (pool.busy >= (reserved ?? defaultConcurrency)) await new Promise<void>((go) => pool.waiting.push(go));
    pool.busy += 1;
    try {
      const worker = this.takeIdle(pool) ?? (await this.start(pool, start, logStream()));
      const result = await work(worker);
      this.giveBack(key, pool, worker);
      return result;
    } finally {
      pool.busy -= 1;
      pool.waiting.shift()?.();
    }
  }

  /** Ends the idle workers whose key starts so; busy ones end when they are done. */
  retire(keyPrefix: string): void {
    for (const [key, pool] of this.pools) {
      if (!key.startsWith(keyPrefix)) continue;
      this.pools.delete(key);
      for (const worker of pool.idle.splice(0)) this.end(worker);
    }
  }

  /** Resolves when every process has ended. */
  async stop(): Promise<void> {
    const workers = [...this.pools.values()].flatMap((pool) => [...pool.all]);
    this.pools.clear();
    for (const worker of workers) this.end(worker);
    while (workers.some((each) => each.alive)) await new Promise((done) => setTimeout(done, 5));
  }

  private pool(key: string): Pool {
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const made: Pool = { idle: [], all: new Set(), waiting: [], busy: 0 };
    this.pools.set(key, made);
    return made;
  }

  private takeIdle(pool: Pool): Worker | undefined {
    const worker = pool.idle.pop();
    if (worker !== undefined) clearTimeout(this.timers.get(worker));
    return worker?.alive === false ? this.takeIdle(pool) : worker;
  }

  private async start(
    pool: Pool,
    start: (runtimeApi: string, logStream: string) => WorkerSettings,
    logStream: string,
  ): Promise<Worker> {
    const id = this.newId();
    // The process asks for its first invocation before the worker exists only if the session is looked up too early; it is not.
    const holder: { worker?: Worker } = {};
    const runtimeApi = await this.api.open(id, {
      next: (respond) => holder.worker?.next(respond),
      finished: (requestId, kind, body) => holder.worker?.finished(requestId, kind, body),
      initFailed: (body) => holder.worker?.initFailed(body),
    });
    const worker = new Worker(id, logStream, start(runtimeApi, logStream), (ended) => {
      pool.all.delete(ended);
      this.api.close(id);
      const index = pool.idle.indexOf(ended);
      if (index >= 0) pool.idle.splice(index, 1);
    });
    holder.worker = worker;
    pool.all.add(worker);
    return worker;
  }

  private giveBack(key: string, pool: Pool, worker: Worker): void {
    if (this.pools.get(key) !== pool || !worker.alive) {
      this.end(worker);
      return;
    }
    pool.idle.push(worker);
    const timer = setTimeout(() => {
      const index = pool.idle.indexOf(worker);
      if (index >= 0) pool.idle.splice(index, 1);
      this.end(worker);
    }, idleLimit);
    timer.unref();
    this.timers.set(worker, timer);
  }

  private end(worker: Worker): void {
    clearTimeout(this.timers.get(worker));
    this.timers.delete(worker);
    worker.stop();
  }
}
