import { createHash, type Hash, randomUUID } from 'node:crypto';
import {
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { AwsError } from '../../../core/errors';
import { storageFailure } from '../../../core/storage-failure';
import type { Content } from './records';

/** Digests a client announced; content that does not match is refused. Values are base64. */
export interface Expected {
  readonly md5?: string;
  /** Bytes, after transfer framing. */
  readonly length?: number;
  /** Read when the content has ended, for checksums that come as trailers: header name to base64. */
  readonly checksums?: () => Readonly<Record<string, string>>;
  /** Names of the checksum headers to compute. */
  readonly algorithms?: readonly string[];
}

/** Where the content of an object lies, below the folder of the object store. */
export const contentPath = (folder: string, file: string): string => join(folder, 'data', file.slice(0, 2), file);

/**
 * Files that hold objects' bytes. Their names are random, so that no key, however odd, has a say in where bytes go.
 * Content is complete before it gets its final name; what a full disk cut short is removed at once, what a kill leaves behind
 * on the next start.
 */
export class ContentFiles {
  private readonly data: string;
  private readonly incoming: string;

  constructor(private readonly folder: string) {
    this.data = join(folder, 'data');
    this.incoming = join(folder, 'incoming');
    mkdirSync(this.data, { recursive: true });
    rmSync(this.incoming, { recursive: true, force: true });
    mkdirSync(this.incoming, { recursive: true });
  }

  path(file: string): string {
    return contentPath(this.folder, file);
  }

  write(bytes: Buffer): Content {
    const file = randomUUID();
    const content = { size: bytes.length, etag: createHash('md5').update(bytes).digest('hex'), checksums: {} };
    try {
      writeFileSync(join(this.incoming, file), bytes);
      return this.keep(file, content);
    } catch (error) {
      throw this.dropped(file, error);
    }
  }

  writeStream(source: Readable, expected: Expected = {}): Promise<Content> {
    return this.receive(async (temporary) => {
      const meter = new Meter(expected.algorithms ?? []);
      await pipeline(source, meter, createWriteStream(temporary));
      return meter.result(expected);
    });
  }

  copyIn(from: string): Promise<Content> {
    return this.receive(async (temporary) => {
      copyFileSync(from, temporary, constants.COPYFILE_FICLONE);
      const meter = new Meter([]);
      meter.resume();
      await pipeline(createReadStream(temporary), meter);
      return meter.result({});
    });
  }

  /** One file out of several, in order. */
  join(files: readonly string[]): Promise<{ readonly file: string; readonly size: number }> {
    return this.receive(async (temporary) => {
      writeFileSync(temporary, '');
      for (const each of files)
        await pipeline(createReadStream(this.path(each)), createWriteStream(temporary, { flags: 'a' }));
      return { size: statSync(temporary).size, etag: '', checksums: {} };
    });
  }

  read(file: string): Buffer {
    return readFileSync(this.path(file));
  }

  remove(file: string): void {
    if (file !== '') rmSync(this.path(file), { force: true });
  }

  /** Deletes files that no object refers to. */
  sweep(used: ReadonlySet<string>): void {
    for (const folder of readdirSync(this.data)) {
      for (const file of readdirSync(join(this.data, folder)))
        if (!used.has(file)) rmSync(join(this.data, folder, file), { force: true });
    }
  }

  /** What an object's record says lies here, or what is wrong. */
  problem(file: string, size: number): string | undefined {
    const found = statSync(this.path(file), { throwIfNoEntry: false });
    if (found === undefined) return 'its content is gone';
    return found.size === size ? undefined : `its content has ${found.size} bytes in place of ${size}`;
  }

  private async receive(fill: (temporary: string) => Promise<Omit<Content, 'file'>>): Promise<Content> {
    const file = randomUUID();
    try {
      return this.keep(file, await fill(join(this.incoming, file)));
    } catch (error) {
      throw this.dropped(file, error);
    }
  }

  /** The error, after what it left behind is gone: on a full disk it would take the room that is missing. */
  private dropped(file: string, error: unknown): unknown {
    rmSync(join(this.incoming, file), { force: true });
    return storageFailure(error, join(this.incoming, file)) ?? error;
  }

  private keep(file: string, content: Omit<Content, 'file'>): Content {
    mkdirSync(join(this.data, file.slice(0, 2)), { recursive: true });
    renameSync(join(this.incoming, file), this.path(file));
    return { file, ...content };
  }
}

/** Node before 20.15 has no crc32; such checksums are then neither verified nor given back. */
const hasCrc32 = typeof (zlibCrc32 as unknown) === 'function';

/** Counts and digests what flows through. */
class Meter extends Transform {
  private size = 0;
  private readonly md5 = createHash('md5');
  private readonly hashes: Readonly<Record<string, Hash>>;
  private crc: number | undefined;

  constructor(algorithms: readonly string[]) {
    super();
    this.hashes = Object.fromEntries(
      algorithms.flatMap((name) =>
        name.endsWith('sha256')
          ? [[name, createHash('sha256')]]
          : name.endsWith('sha1')
            ? [[name, createHash('sha1')]]
            : [],
      ),
    );
    if (algorithms.includes('x-amz-checksum-crc32') && hasCrc32) this.crc = 0;
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: Error | null, data: Buffer) => void,
  ): void {
    this.size += chunk.length;
    this.md5.update(chunk);
    for (const hash of Object.values(this.hashes)) hash.update(chunk);
    if (this.crc !== undefined) this.crc = zlibCrc32(chunk, this.crc);
    done(null, chunk);
  }

  result(expected: Expected): Omit<Content, 'file'> {
    const md5 = this.md5.digest();
    const checksums = Object.fromEntries(
      Object.entries(this.hashes).map(([name, hash]) => [name, hash.digest('base64')]),
    );
    if (this.crc !== undefined) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(this.crc >>> 0);
      checksums['x-amz-checksum-crc32'] = bytes.toString('base64');
    }
    if (expected.length !== undefined && expected.length !== this.size)
      throw new AwsError('IncompleteBody', `the request announced ${expected.length} bytes and sent ${this.size}`);
    if (expected.md5 !== undefined && expected.md5 !== md5.toString('base64'))
      throw new AwsError('BadDigest', 'the Content-MD5 you specified did not match what we received');
    for (const [name, value] of Object.entries(expected.checksums?.() ?? {})) {
      if (checksums[name] !== undefined && checksums[name] !== value)
        throw new AwsError('BadDigest', `the ${name} you specified did not match the calculated checksum`);
    }
    return { size: this.size, etag: md5.toString('hex'), checksums };
  }
}
