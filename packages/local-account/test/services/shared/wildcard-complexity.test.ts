import { wildcardComplexity } from '../../../src/services/shared/wildcard-complexity';

/** Places by event-ruler 1.8.1 (MachineComplexityEvaluator with a bound of 1000). */
const measured: readonly [string, number][] = [
  ['*:*:*:*:*:event-bus/*', 11],
  ['/Users/*/dir/dir/dir/dir/dir/doc.txt', 7],
  ['*/init/*', 4],
  ['arn:aws:events:us-east-1:*:event-bus/*', 3],
  ['arn:*:*:*:*:event-bus/*', 9],
  ['*:*:*:*:x', 8],
  ['*a*b*c*d*e*f*', 8],
  ['*a*a*a*a*a*a*', 13],
  ['a*b*c*d*e*f*g*h', 8],
  ['*aaaaaaaaaaaaaaaaaaaa*', 22],
];

const tokensOf = (text: string): (string | undefined)[] => [...text].map((each) => (each === '*' ? undefined : each));

describe('complexity of a wildcard pattern', () => {
  test.each(measured)('%s keeps as many places as event-ruler counts: %d', (text, places) => {
    expect(wildcardComplexity(tokensOf(text), 1000)).toBe(places);
  });

  test('ends counting at the limit, whatever the pattern', () => {
    const started = Date.now();
    expect(wildcardComplexity(tokensOf('*ab'.repeat(700)), 10)).toBe(11);
    expect(wildcardComplexity(tokensOf(`*${'abcdefghij'.repeat(200)}*`), 10)).toBeLessThanOrEqual(11);
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});
