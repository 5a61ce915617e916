import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A named set of JSON documents. A `put` or `delete` is on disk when it returns. */
export interface Collection<T> {
  get(id: string): T | undefined;
  put(id: string, value: T): void;
  delete(id: string): boolean;
  /** Documents in the order they were first put. */
  entries(): readonly (readonly [string, T])[];
  values(): readonly T[];
}

interface Change {
  readonly c: string;
  readonly k: string;
  readonly v?: unknown;
}

/**
 * State of the account: documents in memory, every change appended to a journal before it is acknowledged.
 *
 * The journal survives `kill -9` (the write has reached the kernel); a last line cut short is dropped on the next start,
 * which also compacts the file.
 */
export class Store {
  private readonly collections = new Map<string, Map<string, unknown>>();
  private readonly journal: number;

  /** @param folder where the journal lives; made when absent. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'journal.jsonl');
    if (existsSync(file)) this.replay(readFileSync(file, 'utf8'));
    this.compact(file);
    this.journal = openSync(file, 'a');
  }

  collection<T>(name: string): Collection<T> {
    const documents = this.documents(name) as Map<string, T>;
    return {
      get: (id) => documents.get(id),
      put: (id, value) => {
        this.append({ c: name, k: id, v: value });
        documents.set(id, value);
      },
      delete: (id) => {
        if (!documents.has(id)) return false;
        this.append({ c: name, k: id });
        return documents.delete(id);
      },
      entries: () => [...documents.entries()],
      values: () => [...documents.values()],
    };
  }

  close(): void {
    closeSync(this.journal);
  }

  private append(change: Change): void {
    writeSync(this.journal, `${JSON.stringify(change)}\n`);
  }

  private documents(name: string): Map<string, unknown> {
    const known = this.collections.get(name);
    if (known !== undefined) return known;
    const made = new Map<string, unknown>();
    this.collections.set(name, made);
    return made;
  }

  private replay(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      let change: Change;
      try {
        change = JSON.parse(line) as Change;
      } catch {
        continue;
      }
      if (change.v === undefined) this.documents(change.c).delete(change.k);
      else this.documents(change.c).set(change.k, change.v);
    }
  }

  private compact(file: string): void {
    const lines: string[] = [];
    for (const [c, documents] of this.collections)
      for (const [k, v] of documents) lines.push(JSON.stringify({ c, k, v }));
    const fresh = `${file}.new`;
    writeFileSync(fresh, lines.length === 0 ? '' : `${lines.join('\n')}\n`);
    renameSync(fresh, file);
  }
}
