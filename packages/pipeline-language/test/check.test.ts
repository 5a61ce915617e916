import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODES, type Code, NOTES, checkDefinition, checkFile, toTable } from '../src';
import { GOLDENS, golden } from './goldens';
import { all, drop, put } from './mutate';
import { MUTATIONS } from './mutations';
import { TWINS } from './twins';

const cases = Object.entries(MUTATIONS).flatMap(([base, list]) => list.map((mutation) => [base, ...mutation] as const));

describe('a valid definition that is broken in one way', () => {
  test.each(cases)('%s: %s is %s', (base, _what, code, step, change) => {
    const broken = structuredClone(golden(base));
    change(broken);
    const options = { monitoring: base === 'quality-checks' };
    expect(checkDefinition(golden(base), options)).toEqual([]);
    const problems = checkDefinition(broken, options);
    expect(problems).toContainEqual(expect.objectContaining(step === undefined ? { code } : { code, step }));
    // One mistake must not bury the reader in consequences.
    expect(problems.length).toBeLessThanOrEqual(6);
  });

  test('is broken in at least 40 ways, which use nearly every code', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    const used = new Set(cases.map(([, , code]) => code));
    const unused = Object.keys(CODES).filter((code) => !used.has(code as Code));
    expect(unused).toEqual(['not-a-definition', 'too-large', ...NOTES]);
  });
});

describe('definitions with nothing wrong', () => {
  test('are at least 12, made by the SDK and by this language', () => {
    const valid = GOLDENS.filter((name) => name !== 'large');
    expect(valid.length).toBeGreaterThanOrEqual(12);
    for (const name of valid) expect([name, checkDefinition(TWINS[name]?.(name).render())]).toEqual([name, []]);
  });
});

describe('a definition with many mistakes', () => {
  const broken = structuredClone(golden('quality-gate'));
  all(
    drop('Evaluate', 'Arguments.RoleArn'),
    drop('Train', 'Arguments.RoleArn'),
    put('Prepare', 'Arguments.RoleArn', 'the-role-that-the-team-uses'),
    put('Train', 'Arguments.ResourceConfig.InstanceType', 'ml.m5.huge'),
    put('Train', 'CacheConfig.ExpireAfter', 'soon'),
  )(broken);

  test('lists all of them at once, with step, path, value and what is allowed', () => {
    const problems = checkDefinition(broken);
    expect(problems.map((problem) => problem.code).sort()).toEqual([
      'bad-cache',
      'missing-key',
      'missing-key',
      'pattern',
      'unknown-instance-type',
    ]);
    expect(problems).toContainEqual({
      code: 'unknown-instance-type',
      step: 'Train',
      path: 'Steps[1].Arguments.ResourceConfig.InstanceType',
      value: 'ml.m5.huge',
      message: 'InstanceType is an unknown instance type',
      allowed: expect.stringMatching(/^ml\.m5\.large, .* in all\)$/),
    });
  });

  test('is shown as an aligned table with one row per problem', () => {
    const lines = toTable(checkDefinition(broken)).split('\n');
    expect(lines).toHaveLength(7);
    const column = lines[0]?.indexOf('path') ?? -1;
    for (const line of lines.slice(1, -1)) expect(line.slice(column - 2, column + 5)).toBe('  Steps');
    expect(lines.at(-1)).toBe('5 problems');
  });
});

describe('something that is no definition', () => {
  test.each([[null], [3], ['{'], [[]], [{}], [{ AWSTemplateFormatVersion: '2010-09-09' }]])('%j', (value) => {
    expect(checkDefinition(value).map((problem) => problem.code)).toEqual(['not-a-definition']);
  });

  test.each([
    ['steps that are texts', { Version: '2020-12-01', Steps: ['Train'] }],
    ['steps that are no list', { Version: '2020-12-01', Steps: { Train: {} } }],
    [
      'parameters that are no list',
      { Version: '2020-12-01', Parameters: {}, Steps: [{ Name: 'a', Type: 'Fail', Arguments: { ErrorMessage: '' } }] },
    ],
    ['arguments that are a list', { Version: '2020-12-01', Steps: [{ Name: 'a', Type: 'Training', Arguments: [] }] }],
    ['null everywhere', { Version: null, Steps: [null, { Name: null }], Parameters: [null] }],
    [
      'branches that are no lists',
      {
        Version: '2020-12-01',
        Steps: [{ Name: 'a', Type: 'Condition', Arguments: { Conditions: {}, IfSteps: 'b', ElseSteps: null } }],
      },
    ],
  ])('%s are problems, not an exception', (_what, value) => {
    expect(checkDefinition(value).length).toBeGreaterThan(0);
  });
});

describe('values that are known only at deployment', () => {
  const token = '${Token[TOKEN.123]}';
  const text = JSON.stringify(golden('quality-gate'))
    .replaceAll('arn:aws:iam::111122223333:role/pipeline', token)
    .replaceAll('ml.m5.large', token)
    .replaceAll('"InstanceCount":1', '"InstanceCount":-1.8881545897087503e+289');

  test('pass through all checks', () => {
    expect(text).toContain(token);
    expect(checkDefinition(JSON.parse(text))).toEqual([]);
  });
});

describe('a definition of more than a megabyte', () => {
  test('is too large for SageMaker', () => {
    const definition = structuredClone(golden('callback'));
    put('', 'Metadata', { text: 'x'.repeat(1_048_577) })(definition);
    expect(checkDefinition(definition).map((problem) => problem.code)).toEqual(['too-large']);
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-check-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const text = JSON.stringify(golden('quality-gate'));

  test.each([
    ['a definition', text],
    [
      'what CreatePipeline takes and DescribePipeline answers',
      JSON.stringify({ PipelineName: 'p', PipelineDefinition: text }),
    ],
    ['what CloudFormation takes', JSON.stringify({ PipelineDefinition: { PipelineDefinitionBody: text } })],
  ])('with %s is checked and drawn', (_what, content) => {
    const checked = checkFile(file('pipeline.json', content));
    expect(checked).toMatchObject({ ok: true, problems: [], steps: 6, parameters: 1, bytes: text.length });
    expect(checked.graph.order()).toHaveLength(6);
  });

  test('with something else is not a definition', () => {
    const checked = checkFile(file('notes.txt', 'steps: none'));
    expect(checked).toMatchObject({
      ok: false,
      steps: 0,
      problems: [{ code: 'not-a-definition', value: 'steps: none' }],
    });
  });

  test('that goes to S3 is fine', () => {
    expect(checkFile(file('large.json', JSON.stringify(golden('large'))))).toMatchObject({
      ok: true,
      problems: [{ code: 'move-to-s3' }],
    });
  });

  test('that is not there says so', () => {
    expect(() => checkFile(join(folder, 'nothing.json'))).toThrow(
      /^cannot read .*nothing.json: there is no such file$/,
    );
  });
});

describe('two cycles', () => {
  test('are both reported', () => {
    const broken = structuredClone(golden('around-steps'));
    all(
      put('First', 'DependsOn', ['Third']),
      put('Alarm', 'DependsOn', ['Last']),
      put('Last', 'DependsOn', ['Alarm']),
    )(broken);
    const routes = checkDefinition(broken).map((problem) => [problem.code, problem.value]);
    expect(routes).toEqual([
      ['cycle', ['First', 'Third', 'First']],
      ['cycle', ['Alarm', 'Last', 'Alarm']],
    ]);
  });
});
