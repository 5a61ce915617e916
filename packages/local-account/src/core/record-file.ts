import { isUtf8 } from 'node:buffer';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DamagedState } from './damaged-state';
import { writing } from './storage-failure';

/** The calls of the system that a record file makes; tests give ones that fail at a chosen byte. */
export interface FileCalls {
  /** @returns bytes written, which may be fewer than asked for. */
  write(fd: number, bytes: Buffer, offset: number, length: number): number;
  truncate(fd: number, size: number): void;
}

const systemCalls: FileCalls = {
  write: (fd, bytes, offset, length) => writeSync(fd, bytes, offset, length),
  truncate: (fd, size) => ftruncateSync(fd, size),
};

/** Whether a parsed line is a record of the file. */
export type Guard<T> = (value: unknown) => value is T;

/** One line of a file. */
export type Line<T> = { readonly number: number } & (
  { readonly record: T } | { readonly text: string; readonly problem: string }
);

/**
 * Records as lines of JSON, only ever appended: what the account acknowledges lies in such files.
 *
 * An append is all or nothing: what a full disk or a kill cut short is taken back, at once or before the next append. A last
 * line without its end was never acknowledged and counts for nothing; any other line that is no record is damage, and an error.
 */
export class RecordFile<T> {
  private fd: number | undefined;
  /** Bytes of whole records. */
  private size = 0;
  /** The file may hold more than `size` bytes: a failed append could not be taken back yet. */
  private torn = false;

  constructor(
    readonly path: string,
    private readonly isRecord: Guard<T>,
    private readonly calls: FileCalls = systemCalls,
  ) {}

  /** All records. @throws DamagedState that names the first line that is none. */
  read(): T[] {
    return this.lines().map((line) => {
      if ('record' in line) return line.record;
      throw new DamagedState(this.path, line.number, line.problem);
    });
  }

  /** Lines with what is wrong with them, for a repair. */
  lines(): readonly Line<T>[] {
    if (!existsSync(this.path)) return [];
    const bytes = readFileSync(this.path);
    const texts = bytes.toString('utf8').split('\n');
    texts.pop();
    // Text that is no UTF-8 would be read with other characters in place of the damage.
    const readable = isUtf8(bytes) ? () => true : unreadableLines(bytes);
    return texts.map((text, index) =>
      readable(index)
        ? this.parse(text, index + 1)
        : { number: index + 1, text, problem: `'${excerpt(text)}' is no UTF-8` },
    );
  }

  /** Bytes of a last line without its end. */
  tornBytes(): number {
    if (!existsSync(this.path)) return 0;
    const bytes = readFileSync(this.path);
    return bytes.length - (bytes.lastIndexOf(newline) + 1);
  }

  /** Appends records; they have reached the kernel when it returns. @throws StorageFailure; the file is then as before. */
  append(records: readonly T[]): void {
    if (records.length === 0) return;
    const bytes = Buffer.from(records.map(lineOf).join(''));
    writing(this.path, () => {
      const fd = this.open();
      try {
        if (this.torn) this.cut(fd);
        this.writeAll(fd, bytes);
        this.size += bytes.length;
      } catch (error) {
        this.torn = true;
        try {
          this.cut(fd);
        } catch {
          // The next append cuts before it writes.
        }
        throw error;
      }
    });
  }

  /** Appends and closes: for a file of which there are many. */
  appendOnce(records: readonly T[]): void {
    try {
      this.append(records);
    } finally {
      this.close();
    }
  }

  /** Replaces the whole file at once: after a crash of the machine it holds either the old or the new records. */
  replace(records: Iterable<T>): void {
    this.close();
    const fresh = `${this.path}.new`;
    writing(this.path, () => {
      mkdirSync(dirname(this.path), { recursive: true });
      const fd = openSync(fresh, 'w');
      try {
        for (const text of chunks(records)) this.writeAll(fd, Buffer.from(text));
        fsyncSync(fd);
      } catch (error) {
        rmSync(fresh, { force: true });
        throw error;
      } finally {
        closeSync(fd);
      }
      renameSync(fresh, this.path);
      syncFolder(dirname(this.path));
    });
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private open(): number {
    if (this.fd !== undefined) return this.fd;
    mkdirSync(dirname(this.path), { recursive: true });
    const fd = openSync(this.path, 'a+');
    this.fd = fd;
    this.size = fstatSync(fd).size;
    if (this.size > 0 && !endsWhole(fd, this.size)) {
      this.size -= this.tornBytes();
      this.torn = true;
    }
    return fd;
  }

  /** A full disk takes a part of what it is given first, and answers with an error only then. */
  private writeAll(fd: number, bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) done += this.calls.write(fd, bytes, done, bytes.length - done);
  }

  private cut(fd: number): void {
    this.calls.truncate(fd, this.size);
    this.torn = false;
  }

  private parse(text: string, number: number): Line<T> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { number, text, problem: `'${excerpt(text)}' is no JSON` };
    }
    return this.isRecord(value)
      ? { number, record: value }
      : { number, text, problem: `'${excerpt(text)}' is JSON, but no record of this file` };
  }
}

const newline = 10;

function unreadableLines(bytes: Buffer): (index: number) => boolean {
  const readable: boolean[] = [];
  for (let start = 0, end = bytes.indexOf(newline); end >= 0; start = end + 1, end = bytes.indexOf(newline, start))
    readable.push(isUtf8(bytes.subarray(start, end)));
  return (index) => readable[index] === true;
}

const lineOf = (record: unknown): string => `${JSON.stringify(record)}\n`;

/** Lines of records, many at a time: a call of the system costs more than a line. */
function* chunks(records: Iterable<unknown>): Iterable<string> {
  let text = '';
  for (const record of records) {
    text += lineOf(record);
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function endsWhole(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === newline;
}

/** A rename is safe from a crash of the machine once its folder is on disk; some file systems sync no folders. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(fd);
  }
}

const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
