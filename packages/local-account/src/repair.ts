import { appendFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordFile } from './core/record-file';
import { StateLock } from './core/state-lock';
import { type Change, damagesOf, journalFile } from './core/store';
import { traceFile, traceName } from './core/trace';
import { documentChecks } from './state-checks';
import { metricFile } from './services/cloudwatch/runtime/metric-store';
import { logFile } from './services/logs/runtime/log-store';
import { contentPath } from './services/s3/runtime/content-files';
import type { ObjectRecord, Version } from './services/s3/runtime/records';

/** One thing that a repair found. */
export interface Finding {
  readonly file: string;
  /** From 1; absent for what is no line. */
  readonly line?: number;
  readonly problem: string;
}

/**
 * Examines the state of an account that does not run, and takes out of it what cannot be read: damaged lines and documents, and
 * object versions whose content is missing or cut short. What is taken out of a file goes, with the line it had, to
 * `<file>.damaged`.
 *
 * @param change false only examines.
 * @throws AccountError when an account runs on the folder.
 */
export function repairState(folder: string, change: boolean): readonly Finding[] {
  const lock = StateLock.acquire(folder);
  try {
    return [...repairJournal(folder, change), ...recordFiles(folder).flatMap((file) => repairFile(file, change))];
  } finally {
    lock.release();
  }
}

function recordFiles(folder: string): readonly RecordFile<unknown>[] {
  const logs = join(folder, 'logs');
  const streams = existsSync(logs) ? readdirSync(logs, { recursive: true, encoding: 'utf8' }) : [];
  return [
    traceFile(join(folder, traceName)),
    metricFile(join(folder, 'cloudwatch', 'metrics.jsonl')),
    ...streams.filter((name) => name.endsWith('.jsonl')).map((name) => logFile(join(logs, name))),
  ];
}

function repairFile(file: RecordFile<unknown>, change: boolean): readonly Finding[] {
  const lines = file.lines();
  const bad = lines.flatMap((line) => ('record' in line ? [] : [line]));
  if (change && bad.length > 0) {
    setAside(
      file.path,
      bad.map(({ number, problem, text }) => ({ line: number, problem, text })),
    );
    file.replace(lines.flatMap((line) => ('record' in line ? [line.record] : [])));
  }
  return bad.map(({ number, problem }) => ({ file: file.path, line: number, problem }));
}

function repairJournal(folder: string, change: boolean): readonly Finding[] {
  const journal = journalFile(folder);
  const lines = journal.lines();
  const damages = damagesOf(lines, documentChecks);
  const bad = new Set(damages.map(({ line }) => line));
  const kept = lines.flatMap((line) =>
    'record' in line && !bad.has(line.number) ? [{ line: line.number, change: line.record }] : [],
  );
  const lost = lostContent(
    folder,
    kept.map((each) => each.change),
  );
  if (change && damages.length + lost.length > 0) {
    setAside(journal.path, [...damages, ...lost.map(({ problem, before }) => ({ problem, text: before }))]);
    journal.replace([...kept.map((each) => each.change), ...lost.map((each) => each.change)]);
  }
  return [
    ...damages.map(({ line, problem }) => ({ file: journal.path, line, problem })),
    ...lost.map(({ file, problem }) => ({ file, problem })),
  ];
}

interface Lost extends Finding {
  readonly before: string;
  /** The object's document without the versions that cannot be read. */
  readonly change: Change;
}

function lostContent(folder: string, changes: readonly Change[]): readonly Lost[] {
  const objects = new Map<string, ObjectRecord | undefined>();
  for (const { c, k, v } of changes) if (c === 's3.objects') objects.set(k, v as ObjectRecord | undefined);
  return [...objects].flatMap(([k, object]) => {
    const lost = (object?.versions ?? []).filter((version) => !hasContent(folder, version));
    const [first] = lost;
    if (object === undefined || first === undefined) return [];
    const versions = object.versions.filter((each) => !lost.includes(each));
    return [
      {
        file: contentPath(join(folder, 's3'), first.file),
        problem: `the content of ${lost.length} of ${object.versions.length} versions of s3://${k} is missing or cut short`,
        before: JSON.stringify({ c: 's3.objects', k, v: object }),
        change: { c: 's3.objects', k, ...(versions.length === 0 ? {} : { v: { versions } }) },
      },
    ];
  });
}

function hasContent(folder: string, { file, size, deleteMarker }: Version): boolean {
  if (deleteMarker === true) return true;
  return statSync(contentPath(join(folder, 's3'), file), { throwIfNoEntry: false })?.size === size;
}

/** Before anything is taken out: a repair that is interrupted has lost nothing. */
function setAside(file: string, damages: readonly object[]): void {
  appendFileSync(`${file}.damaged`, damages.map((each) => `${JSON.stringify(each)}\n`).join(''), { flush: true });
}
