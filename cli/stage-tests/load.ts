import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import run, { type LoadRequest, type LoadResult } from 'autocannon/lib/init';
import { setTimeout as pause } from 'node:timers/promises';
import { timesOf } from './latency';
import { csvLine, question } from './target';
import { expect, percentile, type TestCase, type TestContext } from './test-case';

/** Different rows, so that no cache can answer. */
const differentRows = 100;
/** Seconds after which the load tool counts a request as lost. */
const patience = 30;

/** Many users at once: failures and latency against their bounds, measured by autocannon. */
export const load: TestCase = async (context) => {
  const { users, seconds, failures, p95 } = context.bounds.load;
  const result = await shoot(context, users, seconds);
  await context.report('load', result);
  const failed = failuresOf(result);
  const share = (100 * failed) / Math.max(1, failed + result['2xx']);
  expect(result['2xx'] > 0, `none of the requests was answered with a 2xx: ${statuses(result)}`);
  expect(
    share <= failures,
    `${share.toFixed(2)} % of the requests failed (${statuses(result)}); at most ${failures} % are allowed`,
  );
  // The tool's own steps are p90 and p97.5: the next one above is the bound's.
  const seen = result.latency['p97_5'] ?? Infinity;
  expect(seen <= p95, `p97.5 is ${seen} ms under load; at most ${p95} ms are allowed for the p95`);
  return `${result['2xx']} requests of ${users} users in ${seconds} s: ${share.toFixed(2)} % failed, p50 ${result.latency['p50'] ?? 0} ms, p97.5 ${seen} ms, p99 ${result.latency['p99'] ?? 0} ms, ${Math.round(result['2xx'] / result.duration)} a second`;
};

/** Far more users than usual; afterwards the endpoint must be as fast as before within its time, with nothing lost. */
export const stress: TestCase = async (context) => {
  const { stress: bounds, latency } = context.bounds;
  if (bounds === undefined) return 'not asked for';
  const result = await shoot(context, bounds.users, bounds.seconds);
  const started = performance.now();
  let recovered: number | undefined;
  let last = 'no answer';
  while (recovered === undefined && performance.now() - started < bounds.recovery * 1000) {
    try {
      const p95 = percentile(await timesOf(context, 20), 0.95);
      last = `p95 ${p95.toFixed(1)} ms`;
      if (p95 <= latency.p95) recovered = (performance.now() - started) / 1000;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
      await pause(500);
    }
  }
  await context.report('stress', { ...result, recovered_after_seconds: recovered });
  expect(
    recovered !== undefined,
    `${bounds.recovery} s after ${bounds.users} users it has not recovered: ${last}; at most ${latency.p95} ms are allowed`,
  );
  return `${bounds.users} users for ${bounds.seconds} s: ${result['2xx']} answered, ${failuresOf(result)} not; ${last} again after ${recovered.toFixed(1)} s`;
};

const failuresOf = (result: LoadResult): number => result.non2xx + result.errors + result.timeouts;

function statuses(result: LoadResult): string {
  const counts = Object.entries(result.statusCodeStats).map(([status, { count }]) => `${count} x ${status}`);
  return [...counts, `${result.errors} errors`, `${result.timeouts} timeouts`].join(', ');
}

async function shoot({ target, useCase, samples }: TestContext, users: number, seconds: number): Promise<LoadResult> {
  const signed: SignedRequest[] = [];
  for (const { values } of samples.slice(0, differentRows))
    signed.push(await sign(target.runtime, question(target.name, useCase.name, csvLine(values), 'text/csv')));
  const [first] = signed;
  expect(first !== undefined, 'there are no recorded rows to ask for');
  return run({
    url: first.url,
    connections: users,
    duration: seconds,
    timeout: patience,
    requests: signed.map((each) => each.request),
  });
}

interface SignedRequest {
  readonly url: string;
  readonly request: LoadRequest;
}

interface HttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Thrown in place of sending. */
class Captured extends Error {
  constructor(readonly request: HttpRequest) {
    super('captured, not sent');
  }
}

/** The request as the SDK would send it. Its signature holds for five minutes, longer than any load lasts. */
async function sign(runtime: SageMakerRuntimeClient, command: ReturnType<typeof question>): Promise<SignedRequest> {
  command.middlewareStack.add(
    () => (args) => {
      throw new Captured(args.request as HttpRequest);
    },
    { step: 'deserialize', priority: 'low', name: 'capture' },
  );
  const sent: unknown = await runtime.send(command).catch((error: unknown) => error);
  if (!(sent instanceof Captured)) throw sent;
  const { protocol, hostname, port, path, headers: all, body } = sent.request;
  // The load tool adds the same one again, and a server refuses two.
  const { 'content-length': _length, ...headers } = all;
  return {
    url: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
    request: { method: 'POST', path, headers, body: Buffer.from(body) },
  };
}
