import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { pack, unpackSafely } from '../../../../../src/services/sagemaker/runtime/jobs/archive';

interface Member {
  readonly path: string;
  readonly content?: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'Directory';
  readonly linkpath?: string;
  /** Size the header claims. */
  readonly size?: number;
}

/** A tar.gz made byte by byte, so that it can hold what no honest tool writes. */
function archive(folder: string, members: readonly Member[]): string {
  const blocks = members.flatMap(({ path, content = '', type = 'File', linkpath = '', size }) => {
    const header = Buffer.alloc(512);
    new Header({ path, type, linkpath, size: size ?? content.length, mode: 0o644, mtime: new Date(0) }).encode(
      header,
      0,
    );
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return [header, body];
  });
  const file = join(folder, 'model.tar.gz');
  writeFileSync(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return file;
}

describe('an archive that somebody else made', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mooring-archive-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is unpacked when it holds plain files and folders', async () => {
    await unpackSafely(
      archive(folder, [
        { path: 'code', type: 'Directory' },
        { path: 'code/inference.py', content: 'x = 1' },
        { path: './model.json', content: '{}' },
      ]),
      join(folder, 'out'),
    );
    expect(readFileSync(join(folder, 'out/code/inference.py'), 'utf8')).toBe('x = 1');
    expect(readFileSync(join(folder, 'out/model.json'), 'utf8')).toBe('{}');
  });

  test.each<[string, Member, string]>([
    ['a path out of the folder', { path: '../evil', content: 'x' }, "'../evil' leads out of the folder"],
    ['a path out of a folder inside', { path: 'a/../../evil', content: 'x' }, 'leads out of the folder'],
    ['an absolute path', { path: '/tmp/mooring-evil', content: 'x' }, 'is an absolute path'],
    ['a symbolic link', { path: 'link', type: 'SymbolicLink', linkpath: '/etc/passwd' }, "'link' is a link"],
    ['a hard link', { path: 'link', type: 'Link', linkpath: '/etc/passwd' }, "'link' is a link"],
    ['a device', { path: 'zero', type: 'CharacterDevice' }, 'is a CharacterDevice'],
    ['a member that is too large', { path: 'big', content: 'x'.repeat(2000) }, 'a member may have 1000'],
  ])('is refused for %s, and nothing is written', async (_what, member, message) => {
    const file = archive(folder, [{ path: 'model.json', content: '{}' }, member]);
    await expect(unpackSafely(file, join(folder, 'out'), { member: 1000, total: 5000, entries: 10 })).rejects.toThrow(
      message,
    );
    expect(existsSync(join(folder, 'out'))).toBe(false);
    expect(existsSync('/tmp/mooring-evil')).toBe(false);
  });

  test('is refused when its members are too large together, or too many', async () => {
    const some = Array.from({ length: 6 }, (_, index) => ({ path: `f${index}`, content: 'x'.repeat(900) }));
    await expect(
      unpackSafely(archive(folder, some), join(folder, 'out'), { member: 1000, total: 5000, entries: 10 }),
    ).rejects.toThrow('more than 5000 bytes together');
    await expect(
      unpackSafely(archive(folder, some), join(folder, 'out'), { member: 1000, total: 50_000, entries: 5 }),
    ).rejects.toThrow('more than 5 members');
  });

  test('is refused when it is no archive', async () => {
    writeFileSync(join(folder, 'model.tar.gz'), 'this is a pickle');
    await expect(unpackSafely(join(folder, 'model.tar.gz'), join(folder, 'out'))).rejects.toThrow('cannot be read');
  });
});

test('packing the same content twice gives the same bytes, without links', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-pack-'));
  mkdirSync(join(folder, 'in/code'), { recursive: true });
  writeFileSync(join(folder, 'in/model.json'), '{}');
  writeFileSync(join(folder, 'in/code/a.py'), 'a = 1');
  await pack(join(folder, 'in'), join(folder, 'one.tar.gz'));
  await pack(join(folder, 'in'), join(folder, 'two.tar.gz'));
  expect(readFileSync(join(folder, 'one.tar.gz')).equals(readFileSync(join(folder, 'two.tar.gz')))).toBe(true);
  await unpackSafely(join(folder, 'one.tar.gz'), join(folder, 'out'));
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['code', 'model.json']);
  rmSync(folder, { recursive: true });
});
