import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../app';

/** What the load tool counted; times in milliseconds. */
export interface LoadResult {
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly duration: number;
  readonly latency: Readonly<Record<'p50' | 'p90' | 'p97_5' | 'p99' | 'max', number>>;
  readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
}

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A load tool in a process of its own: so many connections, so many requests a second in all, until it is stopped. */
export class LoadTool {
  private readonly ended: Promise<LoadResult>;

  private constructor(private readonly child: ReturnType<typeof spawn>) {
    let [out, errors] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    this.ended = new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', () => {
        try {
          done(JSON.parse(out) as LoadResult);
        } catch {
          fail(new Error(`the load tool printed no result: ${errors.slice(-2_000)}`));
        }
      });
    });
    // Whoever stops it hears about it.
    this.ended.catch(() => undefined);
  }

  static start(
    { url, headers, body }: Target,
    options: { readonly connections: number; readonly perSecond: number },
  ): LoadTool {
    const { connections, perSecond: overallRate } = options;
    const settings = { url, headers, body, method: 'POST', connections, overallRate, duration: 3_600, timeout: 30 };
    const args = [join(root, 'test/support/under-load/run-load-tool.mjs'), JSON.stringify(settings)];
    return new LoadTool(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  stop(): Promise<LoadResult> {
    this.child.kill('SIGINT');
    return this.ended;
  }
}

/** The result in a line. */
export function inOneLine(result: LoadResult): string {
  const { latency: l, duration } = result;
  const failed = result.non2xx + result.errors + result.timeouts;
  const statuses = Object.entries(result.statusCodeStats).map(([status, { count }]) => `${count} x ${status}`);
  return `${result['2xx'] + failed} requests in ${duration.toFixed(0)} s, ${failed} failed (${[...statuses, `${result.errors} errors`, `${result.timeouts} timeouts`].join(', ')}), p50 ${l.p50} ms, p97.5 ${l.p97_5} ms, p99 ${l.p99} ms, max ${l.max} ms`;
}

export const failures = (result: LoadResult): number => result.non2xx + result.errors + result.timeouts;
