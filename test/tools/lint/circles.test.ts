import { circlesOf } from '../../../tools/lint/circles';

const imports = (...pairs: readonly (readonly [string, string])[]) => pairs.map(([from, to]) => ({ from, to }));

describe('folders beside each other', () => {
  test('are a circle when each imports the other, though no file does', () => {
    expect(circlesOf(imports(['lib/a/x.ts', 'lib/b/y.ts'], ['lib/b/z.ts', 'lib/a/w.ts']))).toEqual([
      ['lib/a', 'lib/b'],
    ]);
  });

  test('are one circle with what lies between them', () => {
    const around = imports(['lib/a/x.ts', 'lib/b/y.ts'], ['lib/b/y.ts', 'lib/c/z.ts'], ['lib/c/z.ts', 'lib/a/w.ts']);
    expect(circlesOf(around)).toEqual([['lib/a', 'lib/b', 'lib/c']]);
  });

  test('count with everything below them', () => {
    const deep = imports(['lib/a/deep/x.ts', 'lib/b/y.ts'], ['lib/b/deep/z.ts', 'lib/a/w.ts']);
    expect(circlesOf(deep)).toEqual([['lib/a', 'lib/b']]);
  });

  test('are none when all imports go one way', () => {
    expect(circlesOf(imports(['lib/a/x.ts', 'lib/b/y.ts'], ['lib/a/z.ts', 'lib/c/w.ts']))).toEqual([]);
  });
});

test('a folder and one inside it may import each other', () => {
  expect(circlesOf(imports(['lib/a/x.ts', 'lib/a/deep/y.ts'], ['lib/a/deep/y.ts', 'lib/a/z.ts']))).toEqual([]);
});
