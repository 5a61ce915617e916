import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** One request as its user saw it. */
export interface Sample {
  readonly total: number;
  /** Of the front door's Server-Timing: checks, endpoint, rest of the function; empty where there is none. */
  readonly parts: readonly number[];
}

export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly users: number;
  readonly seconds: number;
  /** Mean of the users' pauses between an answer and the next request, in seconds; exponentially distributed. */
  readonly think: number;
  readonly seed: number;
}

export interface Load {
  readonly samples: readonly Sample[];
  readonly failures: number;
  readonly perSecond: number;
}

/** Users in a process of their own, so that they do not compete with the account for its event loop. */
export function load(options: LoadOptions): Promise<Load> {
  const child = spawn(process.execPath, [join(__dirname, 'predict-users.mjs'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done(JSON.parse(out) as Load) : fail(new Error(`the users ended with ${code ?? 'a signal'}`)),
    );
  });
}

/** Value below which a share of the values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
