import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { UserError } from '@mooring/use-case/errors';
import { prefixes, resourceNames } from '../../contracts/names';
import { featureNames, type UseCase } from '@mooring/use-case/use-case';
import type { Clients } from '../shared/clients';
import { generatorOf, python } from './dataset';
import { invoke } from '../shared/endpoint';
import { readFoundation } from '../shared/foundation';
import type { Project } from '../shared/project';

export type Row = Readonly<Record<string, string>>;

export interface TrafficOptions {
  readonly rows: number;
  readonly seed: number;
  readonly drift: boolean;
  readonly concurrency: number;
}

/** What came of the requests. `answers` are in the order of the rows. */
export interface TrafficResult {
  readonly sent: number;
  readonly failed: number;
  readonly errors: readonly string[];
  readonly answers: readonly {
    readonly inferenceId: string;
    readonly answer: string;
    readonly label: string | undefined;
  }[];
}

/** Where a run's Preprocess step leaves the rows it held back (docs/architecture.md, files the steps write). */
const testRows = '/Preprocess/test/test.csv';

/** A CSV cell: quoted when it has to be. */
const cell = (value: string | undefined): string =>
  value === undefined ? '' : /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** A request body: the raw features in the order of the use case, without header and label. */
export const requestRow = (useCase: UseCase, row: Row): string =>
  featureNames(useCase)
    .map((name) => cell(row[name]))
    .join(',');

/** A small seeded generator of numbers in [0, 1) (mulberry32), for choosing rows reproducibly. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Moves every monitored feature far from where it was: numbers by five standard deviations, categories to one value. */
function drifted(useCase: UseCase, rows: readonly Row[]): Row[] {
  const changes = useCase.monitoring.features.map(({ name }) => {
    const numbers = rows.map((row) => Number(row[name])).filter((value) => Number.isFinite(value));
    const column = useCase.dataset.columns.find((each) => each.name === name);
    if (column?.type === 'category' || numbers.length === 0) return [name, () => rows[0]?.[name] ?? ''] as const;
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const spread = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
    const shift = column?.type === 'integer' ? Math.round(5 * spread) : 5 * spread;
    return [
      name,
      (value: string | undefined) => (value === undefined || value === '' ? '' : String(Number(value) + shift)),
    ] as const;
  });
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(changes.map(([name, change]) => [name, change(row[name])])),
  }));
}

/** Key and time of the newest object below a prefix whose key ends so. */
async function newestKey(
  clients: Clients,
  bucket: string,
  prefix: string,
  ending: string,
): Promise<string | undefined> {
  let newest: { readonly key: string; readonly time: number } | undefined;
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: clients.s3 },
    { Bucket: bucket, Prefix: prefix },
  ))
    for (const { Key: key = '', LastModified: modified } of Contents) {
      const time = modified?.getTime() ?? 0;
      if (key.endsWith(ending) && (newest === undefined || time > newest.time)) newest = { key, time };
    }
  return newest?.key;
}

/**
 * Rows that resemble what the model will meet: the test rows of the newest run, which no model was trained on.
 *
 * @throws UserError when nothing has run yet.
 */
async function knownRows(clients: Clients, useCase: UseCase): Promise<readonly Row[]> {
  const { artifactBucket } = await readFoundation(clients);
  const key = await newestKey(clients, artifactBucket, `${prefixes.executions(useCase.name)}/`, testRows);
  if (key === undefined)
    throw new UserError(
      `${useCase.name} has no generator and has not been run yet, so there are no rows to send; run \`npx mooring run ${useCase.name} --data FILE\` first`,
    );
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: artifactBucket, Key: key }));
  return parse(Buffer.from((await Body?.transformToByteArray()) ?? []), { columns: true }) as Row[];
}

/** Rows to send: from the use case's generator, else drawn from the test rows of its newest run. */
export async function trafficRows(
  project: Project,
  clients: Clients,
  useCase: UseCase,
  options: TrafficOptions,
): Promise<readonly Row[]> {
  const generator = generatorOf(project, useCase.name);
  if (generator !== undefined) {
    const file = join(
      project.work,
      'generated',
      useCase.name,
      `traffic-${options.seed}-${options.rows}${options.drift ? '-drift' : ''}.csv`,
    );
    mkdirSync(join(file, '..'), { recursive: true });
    await python(
      project,
      [
        generator,
        'traffic',
        '--rows',
        String(options.rows),
        '--seed',
        String(options.seed),
        ...(options.drift ? ['--drift'] : []),
        '--output',
        file,
      ],
      'generating traffic',
    );
    return parse(readFileSync(file), { columns: true }) as Row[];
  }
  const all = await knownRows(clients, useCase);
  const next = random(options.seed);
  const rows = Array.from({ length: options.rows }, () => all[Math.floor(next() * all.length)] as Row);
  return options.drift ? drifted(useCase, rows) : rows;
}

/** Sends each row as a request of its own, with an inference id by which its true label can follow. */
export async function sendTraffic(
  clients: Clients,
  useCase: UseCase,
  rows: readonly Row[],
  options: TrafficOptions,
  progress: (sent: number) => void = () => undefined,
): Promise<TrafficResult> {
  const endpoint = resourceNames.endpoint(useCase.name);
  const answers: { inferenceId: string; answer: string; label: string | undefined }[] = [];
  const errors = new Map<string, number>();
  let next = 0;
  let sent = 0;
  const stamp = createHash('sha256').update(`${process.pid}-${Date.now()}-${options.seed}`).digest('hex').slice(0, 8);
  const worker = async (): Promise<void> => {
    for (let index = next++; index < rows.length; index = next++) {
      const row = rows[index] as Row;
      const inferenceId = `${useCase.name}-${stamp}-${index}`;
      try {
        const answer = await invoke(clients, endpoint, requestRow(useCase, row), inferenceId);
        answers[index] = { inferenceId, answer, label: row[useCase.dataset.label] };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        errors.set(message, (errors.get(message) ?? 0) + 1);
      }
      sent += 1;
      progress(sent);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  const failed = [...errors.values()].reduce((sum, count) => sum + count, 0);
  return {
    sent,
    failed,
    errors: [...errors].map(([message, count]) => `${count} x ${message}`),
    answers: answers.filter(Boolean),
  };
}
