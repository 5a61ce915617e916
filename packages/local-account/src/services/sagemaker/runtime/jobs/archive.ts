import { createReadStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create, Parser, extract } from 'tar';
import type { ReadEntry } from 'tar';

/** What an archive may hold at most. */
export interface ArchiveLimits {
  /** Bytes of one member. */
  readonly member: number;
  /** Bytes of all members together. */
  readonly total: number;
  readonly entries: number;
}

/** Twice what the largest SageMaker examples need; an archive that is larger is a mistake or an attack. */
export const defaultLimits: ArchiveLimits = { member: 4 * 1024 ** 3, total: 8 * 1024 ** 3, entries: 100_000 };

/** An archive that must not be unpacked. */
export class UnsafeArchive extends Error {}

/** Why an entry is refused, or undefined. */
function danger(path: string, type: string, size: number, limits: ArchiveLimits): string | undefined {
  const parts = normalize(path).split(sep);
  if (isAbsolute(path) || /^[A-Za-z]:/.test(path)) return `'${path}' is an absolute path`;
  if (path.split(/[\\/]/).includes('..') || parts[0] === '..') return `'${path}' leads out of the folder`;
  if (path.includes('\0')) return 'a member has a NUL in its name';
  if (type === 'SymbolicLink' || type === 'Link') return `'${path}' is a link`;
  if (
    type !== 'File' &&
    type !== 'OldFile' &&
    type !== 'ContiguousFile' &&
    type !== 'Directory' &&
    type !== 'GNUDumpDir'
  )
    return `'${path}' is a ${type}`;
  if (size > limits.member) return `'${path}' has ${size} bytes; a member may have ${limits.member}`;
  return undefined;
}

async function inspect(file: string, limits: ArchiveLimits): Promise<void> {
  let total = 0;
  let entries = 0;
  const parser = new Parser({ strict: true });
  let refused: UnsafeArchive | undefined;
  const refuse = (reason: string): void => {
    refused ??= new UnsafeArchive(`the archive is refused: ${reason}`);
    parser.abort(refused);
  };
  parser.on('entry', (entry: ReadEntry) => {
    entries += 1;
    total += entry.size;
    const reason = danger(entry.path, entry.type, entry.size, limits);
    if (reason !== undefined) refuse(reason);
    else if (total > limits.total) refuse(`its members have more than ${limits.total} bytes together`);
    else if (entries > limits.entries) refuse(`it has more than ${limits.entries} members`);
    entry.resume();
  });
  parser.on('ignoredEntry', (entry: ReadEntry) =>
    refuse(danger(entry.path, entry.type, entry.size, limits) ?? `'${entry.path}' is a ${entry.type}`),
  );
  try {
    await pipeline(createReadStream(file), parser as Parser & NodeJS.WritableStream);
  } catch (error) {
    throw refused ?? new UnsafeArchive(`the archive cannot be read: ${(error as Error).message}`);
  }
  if (refused !== undefined) throw refused;
}

/**
 * Unpacks a .tar or .tar.gz that somebody else made. Nothing is written unless every member is a plain file or folder
 * inside the target and within the limits.
 *
 * @throws UnsafeArchive naming the member.
 */
export async function unpackSafely(file: string, folder: string, limits: ArchiveLimits = defaultLimits): Promise<void> {
  await inspect(file, limits);
  mkdirSync(folder, { recursive: true });
  await extract({ file, cwd: folder, strict: true, preservePaths: false, preserveOwner: false, unlink: true });
}

/** Packs a folder's content as .tar.gz, in name order and with fixed times, so that equal content gives equal bytes. */
export async function pack(folder: string, file: string): Promise<void> {
  const names = readdirSync(folder).sort();
  await create(
    {
      file,
      cwd: folder,
      gzip: { level: 6 },
      portable: true,
      mtime: new Date(0),
      follow: false,
      filter: (path, stat) => !('isSymbolicLink' in stat) || !stat.isSymbolicLink() || path === '.',
    },
    names.length === 0 ? ['.'] : names,
  );
}

/** True when a folder exists and holds something. */
export function hasContent(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(folder).length > 0;
}
