import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { driftReportSchema, type DriftReport } from '../../../contracts/records/drift-report';
import { monitorPath } from '../../../contracts/python-packages';

const root = join(__dirname, '../../..');
const python = join(root, '.venv/bin/python');
const folder = mkdtempSync(join(tmpdir(), 'mooring-drift-'));

afterAll(() => rmSync(folder, { recursive: true }));

test('the published JSON schema is up to date', () => {
  const stored = JSON.parse(readFileSync(join(root, 'contracts/records/drift-report.schema.json'), 'utf8')) as unknown;
  expect(stored).toEqual(z.toJSONSchema(driftReportSchema));
});

// The Python environment is made by `npm start` and `npm test`.
(existsSync(python) ? describe : describe.skip)('a report that the monitor wrote', () => {
  const monitor = (...args: readonly string[]): void => {
    execFileSync(python, ['-m', 'mooring_monitor', ...args], {
      env: { ...process.env, PYTHONPATH: monitorPath(root) },
    });
  };
  const csv = (name: string, rows: number, shift: number): string => {
    const lines = Array.from(
      { length: rows },
      (_, index) => `${(index * 37) % 101},${(index + shift) % 3 ? 'a' : 'b'},`,
    );
    writeFileSync(join(folder, name), ['amount,kind,empty', ...lines].join('\n'));
    return join(folder, name);
  };
  const compare = (name: string, rows: number, shift: number): DriftReport => {
    monitor(
      'compare',
      '--baseline',
      join(folder, 'base'),
      '--data',
      csv(name, rows, shift),
      '--output',
      join(folder, 'out'),
    );
    return driftReportSchema.parse(JSON.parse(readFileSync(join(folder, 'out/drift_report.json'), 'utf8')));
  };
  beforeAll(() => monitor('profile', '--data', csv('base.csv', 600, 0), '--output', join(folder, 'base')));

  test('of a window like the baseline is of the published form', () => {
    expect(compare('same.csv', 300, 0).verdict).toBe('ok');
  });

  test('of too few rows is of the published form', () => {
    const report = compare('few.csv', 3, 0);
    expect(report.features.map((each) => each.verdict)).toEqual(['skipped', 'skipped', 'skipped']);
  });
});
