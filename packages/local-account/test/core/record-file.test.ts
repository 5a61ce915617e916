import { appendFileSync, mkdtempSync, readFileSync, writeFileSync, writeSync, ftruncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DamagedState } from '../../src/core/damaged-state';
import { isBody } from '../../src/core/input';
import { type FileCalls, RecordFile } from '../../src/core/record-file';
import { StorageFailure } from '../../src/core/storage-failure';
import { Store } from '../../src/core/store';
import { seeded } from '../support/seeded';

interface Row {
  readonly n: number;
  readonly text: string;
}
const isRow = (value: unknown): value is Row => isBody(value) && typeof value['n'] === 'number';
const path = (): string => join(mkdtempSync(join(tmpdir(), 'mooring-records-')), 'rows.jsonl');
const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/** A disk with so many bytes left. Writes come short, as those of a real disk do. */
function disk(left: number): FileCalls & { room: number; truncates: boolean } {
  const it = {
    room: left,
    truncates: true,
    write: (fd: number, bytes: Buffer, offset: number, length: number): number => {
      if (it.room === 0) throw full();
      const written = writeSync(fd, bytes, offset, Math.min(length, it.room));
      it.room -= written;
      return written;
    },
    truncate: (fd: number, size: number): void => {
      if (!it.truncates) throw full();
      ftruncateSync(fd, size);
    },
  };
  return it;
}

describe('a disk that fills up', () => {
  test('an append that does not fit fails and leaves the file as it was', () => {
    const place = path();
    const calls = disk(40);
    const rows = new RecordFile<Row>(place, isRow, calls);
    rows.append([{ n: 1, text: 'fits' }]);
    const before = readFileSync(place, 'utf8');
    expect(() => rows.append([{ n: 2, text: 'x'.repeat(100) }])).toThrow(StorageFailure);
    expect(readFileSync(place, 'utf8')).toBe(before);
    calls.room = 1_000;
    rows.append([{ n: 3, text: 'there is room again' }]);
    expect(rows.read().map(({ n }) => n)).toEqual([1, 3]);
  });

  test('what could not be taken back at once is taken back before the next append', () => {
    const place = path();
    const calls = disk(40);
    const rows = new RecordFile<Row>(place, isRow, calls);
    rows.append([{ n: 1, text: 'fits' }]);
    calls.truncates = false;
    expect(() => rows.append([{ n: 2, text: 'x'.repeat(100) }])).toThrow(StorageFailure);
    calls.room = 1_000;
    expect(() => rows.append([{ n: 3, text: 'still torn' }])).toThrow(StorageFailure);
    expect(rows.read().map(({ n }) => n)).toEqual([1]);
    calls.truncates = true;
    rows.append([{ n: 4, text: 'mended' }]);
    expect(rows.read().map(({ n }) => n)).toEqual([1, 4]);
  });

  test('100 stores on disks of random size: memory and disk agree, whatever failed', () => {
    const random = seeded(20_26);
    const outcomes = { tried: 100, survived: 0, failed: 0, refusals: 0 };
    for (let round = 0; round < outcomes.tried; round += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'mooring-store-'));
      const calls = disk(Math.floor(random() * 4_000));
      const store = new Store(folder, { calls });
      const documents = store.collection<string>('d');
      for (let step = 0; step < 40; step += 1) {
        const id = `k${Math.floor(random() * 6)}`;
        try {
          if (random() < 0.3) documents.delete(id);
          else documents.put(id, 'v'.repeat(Math.floor(random() * 300)));
        } catch (error) {
          if (!(error instanceof StorageFailure)) throw error;
          outcomes.refusals += 1;
          if (random() < 0.2) calls.room += Math.floor(random() * 400);
          calls.truncates = random() < 0.7;
        }
      }
      const onDisk = new Store(folder).collection<string>('d').entries();
      if (JSON.stringify(onDisk) === JSON.stringify(documents.entries())) outcomes.survived += 1;
      else outcomes.failed += 1;
      store.close();
    }
    expect(outcomes).toMatchObject({ tried: 100, survived: 100, failed: 0 });
    expect(outcomes.refusals).toBeGreaterThan(300);
  });
});

describe('a file that something else has written to', () => {
  const written = (...lines: string[]): RecordFile<Row> => {
    const place = path();
    writeFileSync(place, lines.join('\n'));
    return new RecordFile<Row>(place, isRow);
  };

  test.each([
    ['no JSON', '{"n":1,"te{"n":2,"text":"b"}', 'is no JSON'],
    ['null', 'null', 'is JSON, but no record of this file'],
    ['an empty line', '', 'is no JSON'],
    ['zeros', '\0\0\0\0', 'is no JSON'],
    ['another record', '{"m":1}', 'is JSON, but no record of this file'],
  ])('names the file and the line that is %s', (_, line, problem) => {
    const rows = written('{"n":1,"text":"a"}', line, '{"n":3,"text":"c"}', '');
    const read = (): unknown => rows.read();
    expect(read).toThrow(DamagedState);
    expect(read).toThrow(`${rows.path}, line 2: `);
    expect(read).toThrow(problem);
    expect(read).toThrow('npx mooring account repair');
  });

  test('text that is no UTF-8 is damage, not other text', () => {
    const rows = written('');
    writeFileSync(rows.path, Buffer.from([...Buffer.from('{"n":1,"text":"'), 0xff, ...Buffer.from('"}\n')]));
    expect(() => rows.read()).toThrow('is no UTF-8');
  });

  test('a last line that a kill cut short is dropped, and the next record starts a line of its own', () => {
    const rows = written('{"n":1,"text":"a"}', '{"n":2,"te');
    expect(rows.read().map(({ n }) => n)).toEqual([1]);
    rows.append([{ n: 3, text: 'c' }]);
    expect(rows.read().map(({ n }) => n)).toEqual([1, 3]);
    rows.close();
    appendFileSync(rows.path, '{"n":');
    rows.append([{ n: 4, text: 'd' }]);
    expect(rows.read().map(({ n }) => n)).toEqual([1, 3, 4]);
  });
});
