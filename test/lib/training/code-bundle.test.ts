import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { configHash, useCaseJson } from '../../../contracts/config-hash';
import { StandardCode, zipBundle } from '../../../lib/training/code-bundle';
import { root, testUseCases } from '../../support/app';

const [loans] = testUseCases();
if (loans === undefined) throw new Error('the test use cases are missing');

describe('the code bundle', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mooring-bundle-test-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const files = new StandardCode(root).bundle(loans);

  test('holds entry points, steps, monitor and the settings, and no caches', () => {
    const paths = [...files.keys()];
    expect(paths).toEqual([...paths].sort());
    expect(paths).toEqual(
      expect.arrayContaining([
        '__main__.py',
        'inference.py',
        'mooring_steps/preprocess.py',
        'mooring_monitor/cli.py',
        'mooring_use_case/use_case.py',
        'use-case.json',
      ]),
    );
    expect(paths.filter((path) => /__pycache__|\.pyc$|(^|\/)\./.test(path))).toEqual([]);
    expect(files.get('use-case.json')?.toString()).toBe(useCaseJson(loans.useCase));
  });

  test('is the same, byte by byte, whenever and in whatever order it is made', () => {
    const again = new Map([...new StandardCode(root).bundle(loans)].reverse());
    const sorted = new Map([...again].sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(Buffer.from(zipBundle(sorted)).equals(Buffer.from(zipBundle(files)))).toBe(true);
  });

  test('unpacks to what it was made of', () => {
    const unzipped = unzipSync(zipBundle(files));
    expect(Object.keys(unzipped)).toEqual([...files.keys()]);
    for (const [path, content] of files) expect(Buffer.from(unzipped[path] ?? []).equals(content)).toBe(true);
  });

  test("takes the use case's own steps along", () => {
    mkdirSync(join(folder, 'steps/__pycache__'), { recursive: true });
    writeFileSync(join(folder, 'steps/features.py'), 'X = 1\n');
    writeFileSync(join(folder, 'steps/__pycache__/features.pyc'), 'cache');
    utimesSync(join(folder, 'steps/features.py'), 1, 1);
    const own = new StandardCode(root).bundle({ ...loans, folder });
    expect([...own.keys()].filter((path) => path.startsWith('steps/'))).toEqual(['steps/features.py']);
  });
});

test('the configuration hash changes with the settings, not with the order of the YAML', () => {
  const before = configHash(loans.useCase);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(configHash({ ...loans.useCase, title: 'Other' })).not.toBe(before);
  expect(configHash(testUseCases()[0]?.useCase ?? loans.useCase)).toBe(before);
});
