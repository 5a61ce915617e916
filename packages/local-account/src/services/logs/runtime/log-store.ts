import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError } from '../../../core/errors';
import type { LogSink } from '../../../core/module';
import type { Collection, Store } from '../../../core/store';
import { isBody } from '../../../core/input';
import { RecordFile } from '../../../core/record-file';

export interface LogGroup {
  readonly name: string;
  readonly created: number;
  readonly retentionInDays?: number;
  readonly kmsKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly streams: Readonly<Record<string, { readonly created: number }>>;
}

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
}

/** Log groups as documents, log events as one file of JSON lines per stream. */
export class LogStore implements LogSink {
  private readonly groups: Collection<LogGroup>;

  constructor(
    store: Store,
    private readonly folder: string,
    private readonly now: () => Date,
  ) {
    this.groups = store.collection('logs.groups');
  }

  all(): readonly LogGroup[] {
    return [...this.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): LogGroup | undefined {
    return this.groups.get(name);
  }

  group(name: string): LogGroup {
    const found = this.groups.get(name);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return found;
  }

  create(name: string, more: Partial<LogGroup> = {}): LogGroup {
    if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
      throw new AwsError(
        'InvalidParameterException',
        `'${name}' is no log group name; allowed: letters, digits and .-_/#`,
      );
    if (this.groups.get(name) !== undefined)
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    return this.save({ name, created: this.now().getTime(), tags: {}, streams: {}, ...more });
  }

  update(name: string, changes: Partial<LogGroup>): LogGroup {
    return this.save({ ...this.group(name), ...changes });
  }

  delete(name: string): void {
    this.group(name);
    this.groups.delete(name);
    rmSync(join(this.folder, hash(name)), { recursive: true, force: true });
  }

  createStream(group: string, stream: string): void {
    const found = this.group(group);
    if (found.streams[stream] !== undefined)
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    if (stream === '' || stream.length > 512 || /[:*]/.test(stream))
      throw new AwsError('InvalidParameterException', `'${stream}' is no log stream name`);
    this.save({ ...found, streams: { ...found.streams, [stream]: { created: this.now().getTime() } } });
  }

  deleteStream(group: string, stream: string): void {
    const { [stream]: gone, ...streams } = this.group(group).streams;
    if (gone === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    this.update(group, { streams });
    rmSync(this.file(group, stream), { force: true });
  }

  put(group: string, stream: string, events: readonly Pick<LogEvent, 'timestamp' | 'message'>[]): void {
    if (this.group(group).streams[stream] === undefined)
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    const ingestionTime = this.now().getTime();
    logFile(this.file(group, stream)).appendOnce(
      events.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime })),
    );
  }

  append(group: string, stream: string, lines: readonly string[]): void {
    if (this.groups.get(group) === undefined) this.create(group);
    if (this.group(group).streams[stream] === undefined) this.createStream(group, stream);
    const timestamp = this.now().getTime();
    this.put(
      group,
      stream,
      lines.map((message) => ({ timestamp, message })),
    );
  }

  /** Oldest first. @throws DamagedState. */
  events(group: string, stream: string): readonly LogEvent[] {
    return logFile(this.file(group, stream))
      .read()
      .sort((a, b) => a.timestamp - b.timestamp);
  }

  private save(group: LogGroup): LogGroup {
    this.groups.put(group.name, group);
    return group;
  }

  /** Names of groups and streams have slashes and dots; the files are named by digests. */
  private file(group: string, stream: string): string {
    return join(this.folder, hash(group), `${hash(stream)}.jsonl`);
  }
}

/** Events of a stream as a file. */
export const logFile = (path: string): RecordFile<LogEvent> => new RecordFile(path, isLogEvent);

const isLogEvent = (value: unknown): value is LogEvent =>
  isBody(value) && Number.isFinite(value['timestamp']) && typeof value['message'] === 'string';

const hash = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 32);
