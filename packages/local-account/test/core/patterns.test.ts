import { labelsOf } from '../../src/core/path-template';
import { ExpressionTimeout, found, matchesOf } from '../../src/core/expression';
import { nestsDeeper, parseJson } from '../../src/core/json';
import { wildcard } from '../../src/core/wildcard';
import { compileGlob } from '../../src/services/codepipeline/runtime/git-glob';
import { seeded } from '../support/seeded';

/** What the matchers must agree with, on texts short enough for it. */
const reference = (pattern: string): RegExp => new RegExp(`^${pattern}$`, 's');

test('wildcards match what a regular expression would', () => {
  const random = seeded(7);
  const word = (length: number, letters: string): string =>
    Array.from({ length: Math.floor(random() * length) }, () => letters[Math.floor(random() * letters.length)]).join(
      '',
    );
  for (let round = 0; round < 3_000; round += 1) {
    const pattern = word(8, 'ab*');
    const text = word(12, 'ab');
    const expected = reference(pattern.replaceAll('*', '.*')).test(text);
    expect([pattern, text, wildcard(pattern.split('*'))(text)]).toEqual([pattern, text, expected]);
  }
});

test('globs match what a regular expression would', () => {
  const random = seeded(8);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  const parts: readonly (readonly [string, string])[] = [
    ['*', '[^/]*'],
    ['**', '.*'],
    ['?', '[^/]'],
    ['[ab]', '[ab]'],
    ['[a-c]', '[a-c]'],
    ['{a,b/c,}', '(?:a|b/c|)'],
    ['{a,{b,c}*}', '(?:a|(?:b|c)[^/]*)'],
    ['a', 'a'],
    ['/', '/'],
    ['\\*', '\\*'],
  ];
  for (let round = 0; round < 3_000; round += 1) {
    const chosen = Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () => parts[Math.floor(random() * parts.length)],
    );
    // Two stars side by side would be read as one double star.
    const glob = chosen.map((each) => each?.[0]).join('');
    if (
      glob.includes('***') ||
      /\*\*/.test(glob.replaceAll('**', '')) ||
      (glob.match(/\*+/g) ?? []).some((each) => each === '**') !== chosen.some((each) => each?.[0] === '**')
    )
      continue;
    const text = Array.from({ length: Math.floor(random() * 6) }, () => pick(['a', 'b', 'c', '/', '*', 'd'])).join('');
    const expected = reference(chosen.map((each) => each?.[1]).join('')).test(text);
    expect([glob, text, compileGlob(glob)(text)]).toEqual([glob, text, expected]);
  }
});

test.each([
  ['/apis/{id}', '/apis/7', { id: '7' }],
  ['/apis/{id}', '/apis/', undefined],
  ['/apis/{id}', '/apis/7/routes', undefined],
  ['/files/{path+}', '/files/a/b/c', { path: 'a/b/c' }],
  ['/files/{path+}/policy', '/files/a/b/policy', { path: 'a/b' }],
  ['/files/{path+}/policy', '/files/policy', undefined],
  ['/files/{path+}', '/files', undefined],
  ['/a.c', '/abc', undefined],
])('the template %s on %s', (template, path, labels) => {
  expect(labelsOf(template, path)).toEqual(labels);
});

test('an expression from outside finds what it should, or ends when its time is over', () => {
  expect(matchesOf('loss=([0-9.]+)', 'loss=0.5 loss=0.25').map((each) => each[1])).toEqual(['0.5', '0.25']);
  expect(found('^b', 'ab')).toBe(false);
  expect(() => found('(', 'x')).toThrow(SyntaxError);
  expect(() => found('^(a+)+$', `${'a'.repeat(40)}b`, 100)).toThrow(ExpressionTimeout);
});

test('JSON that nests deeply is refused without running out of stack', () => {
  const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
  expect(() => parseJson(deep)).toThrow('nests deeper than 200 levels');
  expect(nestsDeeper({ a: [{ b: 1 }] }, 3)).toBe(false);
  expect(nestsDeeper({ a: [{ b: [] }] }, 2)).toBe(true);
});
