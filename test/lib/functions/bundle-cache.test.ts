import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedBundles } from '../../../lib/functions/bundle-cache';

let root: string;
let built: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundle-cache-'));
  for (const folder of ['lambda/deploy', 'contracts', 'packages/use-case/src', 'node_modules'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'lambda/deploy/handler.ts'), 'one');
  writeFileSync(join(root, 'contracts/names.json'), '{}');
  built = 0;
});

afterEach(() => rmSync(root, { recursive: true }));

const hour = 3_600_000;
const store = (): string[] => readdirSync(join(root, 'node_modules/.cache/mooring-functions'));
const bundles = (now = Date.now(), options: unknown = {}): string =>
  cachedBundles(root, options, (folder) => writeFileSync(join(folder, 'index.js'), `bundle ${++built}`), now);
const content = (folder: string): string => readFileSync(join(folder, 'index.js'), 'utf8');

describe('a checkout whose functions were bundled before', () => {
  test('is not bundled again while nothing changes', () => {
    expect(bundles()).toBe(bundles());
    expect(built).toBe(1);
  });

  test.each([
    ['a function', 'lambda/deploy/handler.ts'],
    ['a contract', 'contracts/names.json'],
    ['a pinned package', 'package-lock.json'],
  ])('is bundled again when %s changes, and the old bundle is found again when it changes back', (_, file) => {
    const before = readFileSync(join(root, file), 'utf8');
    bundles();
    writeFileSync(join(root, file), 'two');
    expect(content(bundles())).toBe('bundle 2');
    writeFileSync(join(root, file), before);
    expect(content(bundles())).toBe('bundle 1');
  });

  test('is bundled again for other options', () => {
    bundles(undefined, { target: 'node22' });
    expect(content(bundles(undefined, { target: 'node24' }))).toBe('bundle 2');
  });

  test('loses bundles that nobody used for a day, and keeps those in use', () => {
    const began = Date.now();
    bundles(began);
    bundles(began, 'in use');
    bundles(began + 23 * hour, 'in use');
    bundles(began + 25 * hour, 'new');
    expect(store()).toHaveLength(2);
    expect(content(bundles(began + 25 * hour, 'in use'))).toBe('bundle 2');
  });
});

describe('a process that finds the same bundle finished by another', () => {
  test("takes the other's and leaves nothing of its own", () => {
    const folder = cachedBundles(root, {}, (draft) => {
      writeFileSync(join(draft, 'index.js'), 'mine');
      cachedBundles(root, {}, (other) => writeFileSync(join(other, 'index.js'), 'theirs'));
    });
    expect(content(folder)).toBe('theirs');
    expect(store()).toHaveLength(1);
  });
});

describe('a build that fails', () => {
  test('leaves nothing that the next one would take for a bundle', () => {
    expect(() =>
      cachedBundles(root, {}, () => {
        throw new Error('no such file');
      }),
    ).toThrow('no such file');
    expect(content(bundles())).toBe('bundle 1');
  });
});
