import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Clock } from './clock';

/** Catalogue of what can be observed; a module that publishes a new kind adds its shape here by declaration merging. */
export interface TraceEvents {
  'account.started': { readonly port: number };
  'api.call': {
    readonly service: string;
    readonly operation: string;
    readonly principal: string;
    readonly status: number;
    readonly error?: string;
    readonly milliseconds: number;
  };
  'api.unsupported': { readonly service: string; readonly operation: string };
}
export type TraceType = keyof TraceEvents;

/** One thing that happened: the CLI, the console and the tests read the same stream. */
export interface TraceRecord<T extends TraceType = TraceType> {
  readonly sequence: number;
  /** Virtual time, ISO-8601. */
  readonly time: string;
  readonly type: T;
  readonly data: TraceEvents[T];
}

/** Append-only stream of trace records, kept as JSON lines so that it survives a restart. */
export class Trace {
  private readonly subscribers = new Set<(record: TraceRecord) => void>();
  private sequence = 0;

  constructor(
    private readonly file: string | undefined,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    if (file !== undefined && existsSync(file)) this.sequence = this.read().at(-1)?.sequence ?? 0;
  }

  emit<T extends TraceType>(type: T, data: TraceEvents[T]): void {
    this.sequence += 1;
    const record: TraceRecord<T> = Object.freeze({
      sequence: this.sequence,
      time: this.clock.now().toISOString(),
      type,
      data,
    });
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify(record)}\n`);
    for (const subscriber of this.subscribers) subscriber(record);
  }

  /** Calls back for every later record; the returned function ends it. */
  subscribe(callback: (record: TraceRecord) => void): () => void {
    this.subscribers.add(callback);
    return () => this.subscribers.delete(callback);
  }

  /** Records on disk after a sequence number. A line cut short by a kill is passed over. */
  read(after = 0): TraceRecord[] {
    if (this.file === undefined || !existsSync(this.file)) return [];
    const records: TraceRecord[] = [];
    for (const line of readFileSync(this.file, 'utf8').split('\n')) {
      if (line === '') continue;
      try {
        const record = JSON.parse(line) as TraceRecord;
        if (record.sequence > after) records.push(record);
      } catch {
        continue;
      }
    }
    return records;
  }
}
