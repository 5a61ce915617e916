import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern } from '@mooring/local-account/src/services/shared/pattern';

interface Case {
  readonly name: string;
  readonly expect: string;
  readonly event: unknown;
  readonly pattern: unknown;
}

const file = join(__dirname, '../../../shared/parity/aws-recorded/event-patterns.json');
const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Case[]) : undefined;
if (recorded === undefined) console.warn(`skipped: ${file} is not there (155 recorded answers of TestEventPattern)`);

const answer = (pattern: unknown, event: unknown, compile = compilePattern): string => {
  try {
    return compile(pattern)(event) ? 'match' : 'no match';
  } catch (error) {
    return error instanceof Error && error.name === 'PatternError' ? 'InvalidEventPatternException' : String(error);
  }
};

const differences = (cases: readonly Case[], compile = compilePattern): readonly string[] =>
  cases
    .filter(({ pattern, event, expect: wanted }) => answer(pattern, event, compile) !== wanted)
    .map(({ name }) => name);

describe('event patterns that AWS answered', () => {
  (recorded === undefined ? test.skip : test)('are answered the same here, all of them', () => {
    expect(recorded).toHaveLength(155);
    expect(differences(recorded ?? [])).toEqual([]);
  });

  // The kinds that were answered differently once, so that they are checked where the recording is absent.
  const refused: readonly [string, unknown][] = [
    ['anything-but an empty prefix', { name: [{ 'anything-but': { prefix: '' } }] }],
    ['anything-but an empty suffix', { name: [{ 'anything-but': { suffix: '' } }] }],
    ['anything-but a prefix in any case', { name: [{ 'anything-but': { prefix: { 'equals-ignore-case': 'file' } } }] }],
    ['anything-but a suffix in any case', { name: [{ 'anything-but': { suffix: { 'equals-ignore-case': '.png' } } }] }],
    ['too many repeated wildcards', { name: [{ wildcard: '*:*:*:*:*:event-bus/*' }] }],
  ];
  test.each(refused)('%s is refused', (_, pattern) => {
    expect(answer(pattern, { name: 'file.txt' })).toBe('InvalidEventPatternException');
  });

  const detail = { state: ['running'] };
  const paths: readonly [string, unknown, unknown, string][] = [
    ['a key with a dot in the event', { detail }, { 'detail.state': 'running' }, 'match'],
    ['a key with a dot in the pattern', { 'detail.state': ['running'] }, { detail: { state: 'running' } }, 'match'],
    ['a key with a dot in both', { 'detail.state': ['running'] }, { 'detail.state': 'running' }, 'match'],
    [
      'a path written both ways in one event',
      { detail: { state: ['running'], code: [1] } },
      { 'detail.state': 'running', detail: { code: 1 } },
      'match',
    ],
    ['another value at that path', { 'detail.state': ['running'] }, { detail: { state: 'stopped' } }, 'no match'],
  ];
  test.each(paths)('%s is a path', (_, pattern, event, wanted) => {
    expect(answer(pattern, event)).toBe(wanted);
  });
});

describe('the check itself', () => {
  test('names each case that is answered differently', () => {
    const cases: readonly Case[] = [
      { name: 'held', pattern: { a: [1] }, event: { a: 1 }, expect: 'match' },
      { name: 'missed', pattern: { a: [1] }, event: { a: 2 }, expect: 'match' },
      { name: 'accepted', pattern: { a: [1] }, event: { a: 1 }, expect: 'InvalidEventPatternException' },
    ];
    expect(differences(cases)).toEqual(['missed', 'accepted']);
    expect(differences(cases, () => () => true)).toEqual(['accepted']);
  });
});
