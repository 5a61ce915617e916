import { z } from 'zod';

const milliseconds = z.number().gt(0).max(60_000);

/** Latency of one request after the other, as the caller sees it. */
const latency = z.strictObject({
  requests: z.number().int().min(20).max(10_000).default(100),
  /** Bounds in milliseconds; the worst percentile that matters to callers. */
  p50: milliseconds.optional(),
  p95: milliseconds.default(1_000),
  p99: milliseconds.optional(),
});

/** Many users at once, for a while. */
const load = z.strictObject({
  users: z.number().int().min(1).max(500).default(10),
  seconds: z.number().int().min(1).max(240).default(10),
  /** Bounds: latency in milliseconds, and failed requests in percent. */
  p95: milliseconds.default(2_000),
  failures: z.number().min(0).max(100).default(0),
});

/** More users than the fleet can serve, then an ordinary load again: it may be slow or refuse, but must recover. */
const stress = z.strictObject({
  users: z.number().int().min(1).max(1_000).default(100),
  seconds: z.number().int().min(1).max(240).default(10),
  /** Seconds after the stress within which requests must be answered as fast as `latency` asks for. */
  recovery: z.number().int().min(1).max(300).default(30),
});

/**
 * Tests of a stage before the next one: the contract of the answers always, and these.
 *
 * A production stage behind a staging stage with tests takes only versions that passed them.
 */
export const stageTests = z.strictObject({
  latency: latency.prefault({}),
  load: load.prefault({}),
  stress: stress.optional(),
});

export type StageTests = z.infer<typeof stageTests>;
