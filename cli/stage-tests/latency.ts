import { ask, csvLine } from './target';
import { expect, percentile, sampleAt, type TestCase, type TestContext } from './test-case';

/** One request after the other; percentiles against their bounds. */
export const latency: TestCase = async (context) => {
  const times = await timesOf(context, context.bounds.latency.requests);
  const found = { p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99) };
  await context.report('latency', { requests: times.length, milliseconds: found, times });
  const late = (['p50', 'p95', 'p99'] as const).flatMap((each) => {
    const bound = context.bounds.latency[each];
    return bound === undefined || found[each] <= bound
      ? []
      : [`${each} is ${found[each].toFixed(1)} ms; at most ${bound} ms are allowed`];
  });
  expect(late.length === 0, late.join('; '));
  return `p50 ${found.p50.toFixed(1)} ms, p95 ${found.p95.toFixed(1)} ms, p99 ${found.p99.toFixed(1)} ms, one after the other`;
};

/** Milliseconds of requests, one after the other. @throws UserError at the first that fails. */
export async function timesOf({ target, useCase, samples }: TestContext, requests: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < requests; index += 1) {
    const answer = await ask(target, useCase.name, csvLine(sampleAt(samples, index).values));
    expect(answer.status === 200, `request ${index + 1} answered ${answer.status}: ${answer.body}`);
    times.push(answer.milliseconds);
  }
  return times;
}
