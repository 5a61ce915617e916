import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../app';

/** What the load tool counted; times in milliseconds. */
export interface Shots {
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
export class Cannon {
  private readonly ended: Promise<Shots>;

  private constructor(private readonly child: ReturnType<typeof spawn>) {
    let [out, errors] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    this.ended = new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', () => {
        try {
          done(JSON.parse(out) as Shots);
        } catch {
          fail(new Error(`the load tool printed no result: ${errors.slice(-2_000)}`));
        }
      });
    });
    // Whoever stops it hears about it.
    this.ended.catch(() => undefined);
  }

  static fire(
    { url, headers, body }: Target,
    options: { readonly connections: number; readonly perSecond: number },
  ): Cannon {
    const { connections, perSecond: overallRate } = options;
    const shooting = { url, headers, body, method: 'POST', connections, overallRate, duration: 3_600, timeout: 30 };
    const args = [join(root, 'test/support/convoy/shoot.mjs'), JSON.stringify(shooting)];
    return new Cannon(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  stop(): Promise<Shots> {
    this.child.kill('SIGINT');
    return this.ended;
  }
}

/** The shots in a line. */
export function told(shots: Shots): string {
  const { latency: l, duration } = shots;
  const failed = shots.non2xx + shots.errors + shots.timeouts;
  const statuses = Object.entries(shots.statusCodeStats).map(([status, { count }]) => `${count} x ${status}`);
  return `${shots['2xx'] + failed} requests in ${duration.toFixed(0)} s, ${failed} failed (${[...statuses, `${shots.errors} errors`, `${shots.timeouts} timeouts`].join(', ')}), p50 ${l.p50} ms, p97.5 ${l.p97_5} ms, p99 ${l.p99} ms, max ${l.max} ms`;
}

export const failures = (shots: Shots): number => shots.non2xx + shots.errors + shots.timeouts;
