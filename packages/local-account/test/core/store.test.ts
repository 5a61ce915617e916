import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../src/core/store';

const folder = (): string => mkdtempSync(join(tmpdir(), 'mooring-store-'));

describe('state after a restart', () => {
  test('holds every document that was put, in its order, and none that was deleted', () => {
    const place = folder();
    const first = new Store(place).collection<{ n: number }>('things');
    first.put('b', { n: 1 });
    first.put('a', { n: 2 });
    first.put('gone', { n: 3 });
    first.delete('gone');
    first.put('b', { n: 4 });
    expect(new Store(place).collection('things').entries()).toEqual([
      ['b', { n: 4 }],
      ['a', { n: 2 }],
    ]);
  });

  test('drops a last line that a kill cut short', () => {
    const place = folder();
    const store = new Store(place);
    store.collection('things').put('kept', 1);
    appendFileSync(join(place, 'journal.jsonl'), '{"c":"things","k":"half');
    expect(new Store(place).collection('things').entries()).toEqual([['kept', 1]]);
  });

  test('compacts the journal to one line per document', () => {
    const place = folder();
    const things = new Store(place).collection('things');
    for (let n = 0; n < 50; n += 1) things.put('same', n);
    new Store(place).close();
    expect(readFileSync(join(place, 'journal.jsonl'), 'utf8').trim().split('\n')).toEqual([
      '{"c":"things","k":"same","v":49}',
    ]);
  });
});

describe('a put', () => {
  test('is on disk when it returns', () => {
    const place = folder();
    new Store(place).collection('things').put('x', { deep: [1, 2] });
    expect(readFileSync(join(place, 'journal.jsonl'), 'utf8')).toContain('{"c":"things","k":"x","v":{"deep":[1,2]}}');
  });
});
