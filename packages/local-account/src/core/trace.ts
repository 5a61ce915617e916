import type { Clock } from './clock';
import { isBody } from './input';
import { RecordFile } from './record-file';
import { StorageFailure } from './storage-failure';

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
  /** Work that a timer started has failed, and nobody waited for it. */
  'work.failed': { readonly timer: string; readonly error: string };
  /** Records before this one could not be written, for the disk was full. */
  'trace.lost': { readonly records: number };
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

/** Name of the trace in the state folder. */
export const traceName = 'trace.jsonl';

const isTraceRecord = (value: unknown): value is TraceRecord =>
  isBody(value) && typeof value['sequence'] === 'number' && typeof value['type'] === 'string';

/** The trace of a state folder as a file, for a repair. */
export const traceFile = (path: string): RecordFile<TraceRecord> => new RecordFile(path, isTraceRecord);

/**
 * Append-only stream of trace records, kept as JSON lines so that it survives a restart.
 *
 * A full disk does not fail what is traced: records that cannot be written are counted, and the count is the first record
 * once there is room.
 */
export class Trace {
  private readonly subscribers = new Set<(record: TraceRecord) => void>();
  private readonly file: RecordFile<TraceRecord> | undefined;
  private sequence = 0;
  private lost = 0;

  constructor(
    path: string | undefined,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.file = path === undefined ? undefined : traceFile(path);
    this.sequence = this.read().at(-1)?.sequence ?? 0;
  }

  emit<T extends TraceType>(type: T, data: TraceEvents[T]): void {
    const record = this.recordOf(type, data);
    this.keep(record);
    for (const subscriber of this.subscribers) subscriber(record);
  }

  /** Calls back for every later record; the returned function ends it. */
  subscribe(callback: (record: TraceRecord) => void): () => void {
    this.subscribers.add(callback);
    return () => this.subscribers.delete(callback);
  }

  /** Records on disk after a sequence number. @throws DamagedState. */
  read(after = 0): TraceRecord[] {
    return (this.file?.read() ?? []).filter((record) => record.sequence > after);
  }

  close(): void {
    this.file?.close();
  }

  private recordOf<T extends TraceType>(type: T, data: TraceEvents[T]): TraceRecord<T> {
    this.sequence += 1;
    return Object.freeze({ sequence: this.sequence, time: this.clock.now().toISOString(), type, data });
  }

  private keep(record: TraceRecord): void {
    const gap = this.lost === 0 ? [] : [this.recordOf('trace.lost', { records: this.lost })];
    try {
      this.file?.append([...gap, record]);
      this.lost = 0;
    } catch (error) {
      if (!(error instanceof StorageFailure)) throw error;
      this.lost += 1;
    }
  }
}
