import { InvokeEndpointCommand, type ModelError } from '@aws-sdk/client-sagemaker-runtime';
import { parse } from 'csv-parse/sync';
import { prefixes } from '../../contracts/names';
import { readText } from '../shared/objects';
import { askAsync, Unanswered } from './async-requests';
import type { Context } from './context';
import type { Plan } from './plan';

/** A recorded row of the test set with what the model said about it when it was evaluated. */
export interface Sample {
  /** Raw features in the order of the use case, as one CSV line. */
  readonly line: string;
  readonly expected: number;
}

export type SmokeTest =
  | { readonly verdict: 'passed'; readonly answers: readonly string[] }
  | { readonly verdict: 'failed'; readonly reason: string }
  | { readonly verdict: 'skipped'; readonly reason: string };

/** Enough of predictions.csv to find two rows that the model tells apart. */
const sampleBytes = 256 * 1024;
/** Batch and online scores come from the same code; what is left is how numbers are printed. */
const tolerance = 1e-4;
/** Marks the requests in the captured data, so that monitors can leave them out. */
export const smokeAttribute = 'mooring-smoke-test';

/**
 * Sends two recorded rows to the endpoint: they must get different answers (a broken transformation answers the same
 * to everything), and the answers that the evaluation recorded. A row that is none must be refused with a 4xx: a model
 * that answers to anything hides its callers' mistakes, and one that fails on it alarms for them.
 */
export async function smokeTest(context: Context, plan: Plan): Promise<SmokeTest> {
  try {
    return await ask(context, plan);
  } catch (error) {
    if (error instanceof Unanswered) return { verdict: 'skipped', reason: error.message };
    throw error;
  }
}

async function ask(context: Context, plan: Plan): Promise<SmokeTest> {
  const samples = samplesOf(await recordedPredictions(context, plan), context.settings.label);
  if (samples === undefined)
    return { verdict: 'skipped', reason: 'the execution recorded no two different predictions' };
  const answers: string[] = [];
  for (const [index, sample] of samples.entries()) {
    try {
      answers.push(await invoke(context, `${plan.name}-${index}`, sample.line));
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      return {
        verdict: 'failed',
        reason: `request ${index + 1} failed: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }
  const problem = problemOf(samples, answers) ?? (await errorPathProblem(context, plan, samples[0].line));
  return problem === undefined ? { verdict: 'passed', answers } : { verdict: 'failed', reason: problem };
}

/** What is wrong with the answer to a row with a column too many; undefined when it is a 4xx. */
async function errorPathProblem(context: Context, plan: Plan, line: string): Promise<string | undefined> {
  try {
    const answer = await invoke(context, `${plan.name}-bad`, `${line},mooring-smoke-test`);
    return `a row with a column too many got the answer '${answer}' instead of a 4xx`;
  } catch (error) {
    if (error instanceof Unanswered) throw error;
    const { OriginalStatusCode: status, message } = error as Partial<ModelError>;
    if (status !== undefined && status >= 400 && status < 500) return undefined;
    return `a row with a column too many got ${status ?? message ?? 'no answer'} instead of a 4xx`;
  }
}

/** Compares answers with the samples; undefined when all is well. */
export function problemOf(samples: readonly Sample[], answers: readonly string[]): string | undefined {
  const scores = answers.map((answer) => Number(answer.split(',').at(-1)));
  if (scores.some((score) => !Number.isFinite(score))) return `the answer '${answers.join("', '")}' is no number`;
  if (new Set(scores).size < 2) return `two different rows got the same answer ${answers[0] ?? ''}`;
  for (const [index, { expected }] of samples.entries()) {
    const score = scores[index] ?? Number.NaN;
    if (Math.abs(score - expected) > tolerance * Math.max(1, Math.abs(expected))) {
      return `row ${index + 1} got ${score}, but ${expected} when the model was evaluated`;
    }
  }
  return undefined;
}

/**
 * The first row of predictions.csv and the one whose score is farthest from it; undefined when all scores are equal.
 *
 * @param csv a beginning of the file; a last line that is cut is left out.
 */
export function samplesOf(csv: string | undefined, label: string): readonly [Sample, Sample] | undefined {
  if (csv === undefined) return undefined;
  const [header, ...rows] = parse(csv.slice(0, csv.lastIndexOf('\n')), { relax_column_count: true }) as string[][];
  if (header === undefined) return undefined;
  const added = [label, 'prediction', 'score'];
  const features = header.flatMap((name, index) => (added.includes(name) ? [] : [index]));
  const answer = header.includes('score') ? header.indexOf('score') : header.indexOf('prediction');
  const samples = rows
    .filter((row) => row.length === header.length && Number.isFinite(Number(row[answer])))
    .map((row) => ({ line: features.map((index) => cell(row[index] ?? '')).join(','), expected: Number(row[answer]) }));
  const [first] = samples;
  if (first === undefined) return undefined;
  const distance = (sample: Sample): number => Math.abs(sample.expected - first.expected);
  const farthest = samples.reduce((best, each) => (distance(each) > distance(best) ? each : best), first);
  return distance(farthest) > tolerance ? [first, farthest] : undefined;
}

async function recordedPredictions({ artifacts, useCase }: Context, plan: Plan): Promise<string | undefined> {
  const execution = plan.executionArn?.split('/').at(-1);
  if (execution === undefined) return undefined;
  return readText(
    artifacts,
    `${prefixes.executions(useCase)}/${execution}/Evaluate/predictions/predictions.csv`,
    sampleBytes,
  );
}

async function invoke(context: Context, inferenceId: string, line: string): Promise<string> {
  if (context.settings.stage.async !== undefined) return askAsync(context, inferenceId, line, smokeAttribute);
  const { runtime, endpointName } = context;
  const answer = await runtime.send(
    new InvokeEndpointCommand({
      EndpointName: endpointName,
      ContentType: 'text/csv',
      Accept: 'text/csv',
      Body: Buffer.from(line),
      InferenceId: inferenceId.slice(-64),
      CustomAttributes: smokeAttribute,
    }),
  );
  return Buffer.from(answer.Body ?? [])
    .toString()
    .trim();
}

function cell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
