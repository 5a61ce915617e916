import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandardCode, zipBundle } from '../../../lib/training/code-bundle';
import { root, testUseCases } from '../../support/app';

describe('the code bundle', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mooring-bundle-test-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    [['preprocess', '--help'], '--raw'],
    [['monitor', 'watch', '--help'], '--window-end'],
  ])('runs: python3 code.zip %j', (args, expected) => {
    const [loans] = testUseCases();
    if (loans === undefined) throw new Error('the test use cases are missing');
    const zip = join(folder, 'code.zip');
    writeFileSync(zip, zipBundle(new StandardCode(root).bundle(loans)));
    const python = join(root, '.venv/bin/python');
    expect(execFileSync(python, [zip, ...args], { encoding: 'utf8' })).toContain(expected);
  });
});
