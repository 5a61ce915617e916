import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { AwsError, messageOf } from '../../../core/errors';
import { storageFailure } from '../../../core/storage-failure';
import type { CodeRecord } from './function-record';
import { nodeModules } from './runtime-files';

const sizeLimit = 250 * 1024 * 1024;

/** Function code by digest: the zip as it came, and its content in a folder. */
export class CodeStore {
  constructor(private readonly folder: string) {}

  /** @throws AwsError InvalidParameterValueException when it is no zip, or one that would write elsewhere. */
  add(zip: Buffer, origin: { readonly bucket?: string; readonly key?: string } = {}): CodeRecord {
    const sha256 = createHash('sha256').update(zip).digest('hex');
    const code: CodeRecord = { sha256, size: zip.length, ...origin };
    if (!existsSync(this.zipFile(sha256))) {
      const fresh = `${this.zipFile(sha256)}.new`;
      mkdirSync(dirname(fresh), { recursive: true });
      whole(fresh, () => {
        writeFileSync(fresh, zip);
        renameSync(fresh, this.zipFile(sha256));
      });
    }
    this.unpacked(code);
    return code;
  }

  /** Code given as the text of one module. */
  addSource(file: string, source: string): CodeRecord {
    return this.add(Buffer.from(zipSync({ [file]: Buffer.from(source) }, { mtime: new Date('2000-01-01T00:00:00Z') })));
  }

  /** Folder with the function's files; made when it is not there. */
  unpacked({ sha256 }: CodeRecord): string {
    const target = join(this.folder, 'unpacked', sha256);
    if (existsSync(target)) return target;
    const fresh = `${target}.new`;
    rmSync(fresh, { recursive: true, force: true });
    whole(fresh, () => {
      this.unpack(sha256, fresh);
      renameSync(fresh, target);
    });
    this.linkPackages();
    return target;
  }

  private unpack(sha256: string, folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(unzip(readFileSync(this.zipFile(sha256))))) {
      const file = resolve(folder, name);
      if (!file.startsWith(folder + sep))
        throw new AwsError('InvalidParameterValueException', `the zip has an entry outside of it: ${name}`);
      if (name.endsWith('/')) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** ES modules look for packages in the folders above them and know no NODE_PATH. */
  private linkPackages(): void {
    const link = join(this.folder, 'unpacked', 'node_modules');
    if (!existsSync(link)) symlinkSync(nodeModules(), link, 'dir');
  }

  private zipFile(sha256: string): string {
    return join(this.folder, 'zips', `${sha256}.zip`);
  }
}

/** Does the work or leaves nothing: a half-written copy would take the room that is missing. */
function whole(fresh: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw storageFailure(error, fresh) ?? error;
  }
}

function unzip(zip: Buffer): Readonly<Record<string, Uint8Array>> {
  let total = 0;
  try {
    return unzipSync(zip, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > sizeLimit) throw new Error(`unzipped size must be smaller than ${sizeLimit} bytes`);
        return true;
      },
    });
  } catch (error) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Could not unzip uploaded file: ${messageOf(error)}. Please check your file, then try to upload again.`,
    );
  }
}
