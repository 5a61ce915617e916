import { performance } from 'node:perf_hooks';

/** What one request took, in milliseconds. */
export interface Sample {
  readonly total: number;
  /** Time in the endpoint, as the function behind the front door measured it. */
  readonly endpoint: number;
  /** Time in the predict function around the endpoint's. */
  readonly function: number;
}

export interface LoadOptions {
  readonly users: number;
  readonly seconds: number;
  /** Mean of the users' pauses between an answer and the next request, in seconds; exponentially distributed. */
  readonly think: number;
  readonly random: () => number;
}

export interface Load {
  readonly samples: readonly Sample[];
  readonly failures: number;
  readonly perSecond: number;
}

/** Users who ask, read the answer, think, and ask again, for a bounded time. */
export async function load(
  { users, seconds, think, random }: LoadOptions,
  ask: () => Promise<Omit<Sample, 'total'>>,
): Promise<Load> {
  const samples: Sample[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  let failures = 0;
  const pause = (): Promise<void> => new Promise((done) => setTimeout(done, -Math.log(1 - random()) * think * 1000));
  const user = async (): Promise<void> => {
    for (await pause(); performance.now() < end; await pause()) {
      const asked = performance.now();
      try {
        const parts = await ask();
        samples.push({ total: performance.now() - asked, ...parts });
      } catch {
        failures += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: users }, user));
  return { samples, failures, perSecond: samples.length / seconds };
}

/** Value below which a share of the values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
