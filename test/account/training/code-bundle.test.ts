import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandardCode, zipBundle } from '../../../lib/training/code-bundle';
import { root, testUseCases } from '../../support/app';

describe('the code bundle as a zip', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-bundle-runs-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('runs: python3 code.zip <command>', () => {
    const [loans] = testUseCases();
    if (loans === undefined) throw new Error('the test use cases are missing');
    const zip = join(folder, 'code.zip');
    writeFileSync(zip, zipBundle(new StandardCode(root).bundle(loans)));
    const help = (...command: string[]): string =>
      execFileSync(join(root, '.venv/bin/python'), [zip, ...command, '--help'], { encoding: 'utf8' });
    expect(help('preprocess')).toContain('--raw');
    expect(help('monitor', 'watch')).toContain('--window-end');
  });
});
