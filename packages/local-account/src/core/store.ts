import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedState } from './damaged-state';
import { isBody } from './input';
import { type FileCalls, type Line, RecordFile } from './record-file';
import { StorageFailure } from './storage-failure';

/** A named set of JSON documents. A `put` or `delete` is on disk when it returns, or throws and changes nothing. */
export interface Collection<T> {
  get(id: string): T | undefined;
  put(id: string, value: T): void;
  delete(id: string): boolean;
  /** Documents in the order they were first put. */
  entries(): readonly (readonly [string, T])[];
  values(): readonly T[];
}

/** One line of the journal: a document of a collection, or without a value its deletion. */
export interface Change {
  readonly c: string;
  readonly k: string;
  readonly v?: unknown;
}

export const isChange = (value: unknown): value is Change =>
  isBody(value) && typeof value['c'] === 'string' && typeof value['k'] === 'string';

/** What is wrong with a document, for people; undefined when nothing is. */
export type Check = (value: unknown) => string | undefined;

/** What a document on disk must look like, by collection: other versions and editors may have written it. */
export type Checks = Readonly<Record<string, Check>>;

export interface StoreOptions {
  readonly calls?: FileCalls;
  readonly checks?: Checks;
}

/** The journal of a state folder as a file, for a repair. */
export const journalFile = (folder: string): RecordFile<Change> => new RecordFile(join(folder, journalName), isChange);

/** A line of the journal that cannot be used. */
export interface Damage {
  readonly line: number;
  readonly problem: string;
  readonly text: string;
}

/** All lines that are no change, and all documents that a later line does not replace and their check refuses. */
export function damagesOf(lines: readonly Line<Change>[], checks: Checks): readonly Damage[] {
  const damages: Damage[] = [];
  const last = new Map<string, Damage | undefined>();
  for (const line of lines) {
    if (!('record' in line)) {
      damages.push({ line: line.number, problem: line.problem, text: line.text });
      continue;
    }
    const { c, k, v } = line.record;
    const problem = v === undefined ? undefined : v === null ? 'is null' : checks[c]?.(v);
    last.set(
      JSON.stringify([c, k]),
      problem === undefined
        ? undefined
        : { line: line.number, problem: `the document '${k}' of ${c} ${problem}`, text: JSON.stringify(line.record) },
    );
  }
  return [...damages, ...[...last.values()].filter((each) => each !== undefined)].sort((a, b) => a.line - b.line);
}

/** Name of the journal in the state folder. */
export const journalName = 'journal.jsonl';

/**
 * State of the account: documents in memory, every change appended to a journal before it is acknowledged.
 *
 * The journal survives `kill -9` (the write has reached the kernel) and a full disk (an append is all or nothing). The next
 * start compacts it, when there is room.
 */
export class Store {
  private readonly collections = new Map<string, Map<string, unknown>>();
  private readonly journal: RecordFile<Change>;

  /**
   * @param folder where the journal lives; made when absent.
   * @throws DamagedState that names the line of the journal which is no change, or whose document is none of its collection.
   */
  constructor(folder: string, { calls, checks = {} }: StoreOptions = {}) {
    mkdirSync(folder, { recursive: true });
    this.journal = new RecordFile(join(folder, journalName), isChange, calls);
    const lines = this.journal.lines();
    const [damage] = damagesOf(lines, checks);
    if (damage !== undefined) throw new DamagedState(this.journal.path, damage.line, damage.problem);
    for (const line of lines) if ('record' in line) this.apply(line.record);
    try {
      this.journal.replace(this.changes());
    } catch (error) {
      // What lies there can be read and appended to once there is room.
      if (!(error instanceof StorageFailure)) throw error;
    }
  }

  collection<T>(name: string): Collection<T> {
    const documents = this.documents(name) as Map<string, T>;
    return {
      get: (id) => documents.get(id),
      put: (id, value) => {
        this.journal.append([{ c: name, k: id, v: value }]);
        documents.set(id, value);
      },
      delete: (id) => {
        if (!documents.has(id)) return false;
        this.journal.append([{ c: name, k: id }]);
        return documents.delete(id);
      },
      entries: () => [...documents.entries()],
      values: () => [...documents.values()],
    };
  }

  close(): void {
    this.journal.close();
  }

  private documents(name: string): Map<string, unknown> {
    const known = this.collections.get(name);
    if (known !== undefined) return known;
    const made = new Map<string, unknown>();
    this.collections.set(name, made);
    return made;
  }

  private apply(change: Change): void {
    if (change.v === undefined) this.documents(change.c).delete(change.k);
    else this.documents(change.c).set(change.k, change.v);
  }

  private *changes(): Iterable<Change> {
    for (const [c, documents] of this.collections) for (const [k, v] of documents) yield { c, k, v };
  }
}

/** Kinds of members that a {@link shape} can ask for. */
type Kind = 'text' | 'number' | 'list' | 'structure';

/** A check that members of a document are of a kind. */
export const shape =
  (members: Readonly<Record<string, Kind>>): Check =>
  (value) => {
    if (!isBody(value)) return `is ${JSON.stringify(value)?.slice(0, 40)}, not a structure`;
    const wrong = Object.entries(members).find(([name, kind]) => !isKind[kind](value[name]));
    return wrong === undefined ? undefined : `has no ${wrong[1]} '${wrong[0]}'`;
  };

const isKind: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  list: (value) => Array.isArray(value),
  structure: isBody,
};
