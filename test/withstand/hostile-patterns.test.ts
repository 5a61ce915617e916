import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileGlob } from '@mooring/local-account/src/services/codepipeline/runtime/git-glob';
import { resolveParameters } from '@mooring/local-account/src/cloudformation/parameters';
import { parseTemplate } from '@mooring/local-account/src/cloudformation/template';
import { messageOf } from '@mooring/local-account/src/core/errors';
import { labelsOf } from '@mooring/local-account/src/core/path-template';
import { wildcard } from '@mooring/local-account/src/core/wildcard';
import { parseAlarmRule } from '@mooring/local-account/src/services/cloudwatch/runtime/composite-rule';
import { parseExpression } from '@mooring/local-account/src/services/cloudwatch/runtime/math-parser';
import { compare } from '@mooring/local-account/src/services/codepipeline/runtime/variables';
import { compilePattern } from '@mooring/local-account/src/services/shared/pattern';
import { matchesPattern } from '@mooring/local-account/src/services/shared/policy-pattern';
import { filterOf } from '@mooring/local-account/src/services/logs/api/filter-pattern';
import { readMetrics } from '@mooring/local-account/src/services/sagemaker/runtime/jobs/metric-definitions';
import { matches } from '@mooring/pipeline-language/src/check/shape';
import table from '@mooring/pipeline-language/src/check/shapes.json';
import { seeded } from '@mooring/local-account/test/support/seeded';
import { processorTime, Tally, tries } from '../support/withstand';

/** Milliseconds of processor time that one input may take; what is a user's expression by definition has 500 ms and its start. */
const bound = 1_500;
const random = seeded(14);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const many = (length: number, from: readonly string[]): string => Array.from({ length }, () => pick(from)).join('');

/** Texts on which going back over choices never ends, and random ones of the same kind. */
const texts = (): string =>
  pick([
    () => `${'a'.repeat(20_000)}!`,
    () => `${'ab'.repeat(10_000)}c`,
    () => many(20_000, ['a', 'b']),
    () => `${' '.repeat(20_000)}x`,
    () => `${'/a'.repeat(5_000)}\n`,
    () => '-'.repeat(20_000),
  ])();
const starred = (): string => Array.from({ length: 100 }, () => pick(['a', 'ab', 'aa', 'b', 'a/a'])).join('*');
const nested = (): string =>
  pick([
    '(a+)+$',
    '(a|a)*$',
    '(a|aa)+$',
    '([a-z]+)*[0-9]',
    '(.*)*x',
    '(?:a*)*b',
    '^(a?){50}a{50}$',
    '(\\s*)*$',
    '(.*a){25}',
    '((a*)*)*b',
  ]);

const sources: Readonly<Record<string, () => unknown>> = {
  'a wildcard of an event pattern': () =>
    compilePattern({ detail: { x: [{ wildcard: `*${starred()}*c` }] } })({ detail: { x: texts() } }),
  'anything-but a wildcard': () =>
    compilePattern({ detail: { x: [{ 'anything-but': { wildcard: `${starred()}*` } }] } })({ detail: { x: texts() } }),
  'a wildcard itself': () => wildcard(`${starred()}*z`.split('*'))('a'.repeat(250_000)),
  'an action or resource of a policy': () => matchesPattern(`*${starred()}?c`, texts()),
  'a glob of a trigger': () =>
    compileGlob(
      pick([
        `**${'{a,aa}'.repeat(30)}**b`,
        `${'{a,{aa,{a,b}}}'.repeat(15)}x`,
        `${'*'.repeat(200)}b`,
        `${'**/'.repeat(60)}b`,
        `${'{'.repeat(60)}a${'}'.repeat(60)}`,
        `{${'a,'.repeat(100)}b}`,
        `[${'a-z'.repeat(60)}]**!`,
      ]),
    )(texts().slice(0, 3_000)),
  'a filter pattern of logs': () => filterOf(`${many(300, ['?', '-', '"', 'a', ' '])}`)(texts()),
  "a parameter's AllowedPattern": () => {
    const template = parseTemplate(
      JSON.stringify({
        Parameters: { P: { Type: 'String', AllowedPattern: nested() } },
        Resources: { R: { Type: 'AWS::SNS::Topic' } },
      }),
    );
    return resolveParameters(
      template,
      [{ key: 'P', value: texts().slice(0, 4_096), usePrevious: false }],
      {},
      () => undefined,
    );
  },
  'a VariableCheck of a pipeline': () => compare('MATCHES', texts(), nested()),
  'a metric definition of a training job': () => {
    const log = join(mkdtempSync(join(tmpdir(), 'mooring-log-')), 'log.txt');
    writeFileSync(log, texts());
    return readMetrics([{ Name: 'm', Regex: nested() }], log, 'xgboost');
  },
  'a path of an API': () => labelsOf(`${'/{a}'.repeat(50)}/{rest+}`, texts()),
  'a rule of a composite alarm': () =>
    parseAlarmRule(
      pick([
        `${'('.repeat(5_000)}ALARM(a)`,
        `${'NOT '.repeat(5_000)}ALARM(a)`,
        `ALARM("${'\\"'.repeat(5_000)}`,
        `ALARM(a) ${'AND ALARM(a) '.repeat(2_000)}`,
      ]),
    ),
  'an expression of metric math': () =>
    parseExpression(
      pick([
        `${'('.repeat(2_000)}1`,
        `${'-'.repeat(2_000)}1`,
        `${'MAX('.repeat(500)}1`,
        `${'1+'.repeat(1_000)}1`,
        `${' '.repeat(100_000)}1`,
        `${'"'.repeat(2_001)}`,
      ]),
    ),
  'a name of a pipeline, by the patterns of the service': () =>
    matches(pick(['^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}', '[\\p{L}\\p{M}\\p{Z}\\p{S}\\p{N}\\p{P}]*']), texts()),
};

describe('patterns and texts made to take long', () => {
  test.each(Object.entries(sources))(
    '%s',
    async (what, source) => {
      const tally = new Tally(what);
      for (let each = 0; each < tries(40, 4); each += 1)
        await tally.attempt(`${what} ${each}`, () => {
          const started = processorTime();
          let said = '';
          try {
            source();
          } catch (error) {
            said = messageOf(error);
            if (error instanceof RangeError) return `it ran out of stack: ${said}`;
          }
          const took = processorTime() - started;
          return took > bound ? `it took ${Math.round(took)} ms ${said}` : undefined;
        });
      tally.print();
      expect(tally.failures).toEqual([]);
    },
    120_000,
  );

  test('every pattern of the SageMaker model', () => {
    const slow: string[] = [];
    const shapes = new Set(
      Object.values(table.shapes).flatMap((shape) => ('pattern' in shape ? [String(shape.pattern)] : [])),
    );
    for (const pattern of shapes)
      for (const text of [
        'a'.repeat(5_000) + '!',
        'a-'.repeat(2_500),
        ' '.repeat(5_000),
        `s3://${'a/'.repeat(2_000)}\n`,
      ]) {
        const started = processorTime();
        matches(pattern, text);
        if (processorTime() - started > 500) slow.push(pattern);
      }
    expect(shapes.size).toBeGreaterThan(10);
    expect(slow).toEqual([]);
  });
});
