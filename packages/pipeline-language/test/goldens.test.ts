import { STEP_TYPES, checkDefinition, isExpression } from '../src';
import { GOLDENS, comparable, golden } from './goldens';
import { TWINS } from './twins';

describe('a pipeline written in Python with the SageMaker SDK and in this language', () => {
  test.each(GOLDENS)('%s gives the same definition', (name) => {
    expect(comparable(TWINS[name]?.(name).toDefinition())).toEqual(comparable(golden(name)));
  });

  test('has a twin for every golden and a golden for every twin', () => {
    expect(Object.keys(TWINS).sort()).toEqual(GOLDENS);
  });
});

describe('the checker', () => {
  test.each(GOLDENS.filter((name) => name !== 'large'))('finds nothing wrong with what the SDK made: %s', (name) => {
    expect(checkDefinition(golden(name))).toEqual([]);
  });

  test('notes that a definition over 100 KiB goes to S3, and nothing else', () => {
    expect(checkDefinition(golden('large')).map((problem) => problem.code)).toEqual(['move-to-s3']);
    expect(TWINS['large']?.('large').needsS3Location).toBe(true);
    expect(TWINS['callback']?.('callback').needsS3Location).toBe(false);
  });
});

describe('the goldens together', () => {
  const seen = new Map<string, Set<string>>();
  const add = (kind: string, value: unknown): void =>
    void (seen.get(kind) ?? seen.set(kind, new Set()).get(kind))?.add(String(value));
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    const node = value as Record<string, unknown>;
    if (typeof node['Name'] === 'string' && 'Arguments' in node) add('step', node['Type']);
    else if (
      'Type' in node &&
      ('LeftValue' in node || 'QueryValue' in node || 'Condition' in node || 'Conditions' in node)
    )
      add('condition', node['Type']);
    if (isExpression(node)) add('expression', Object.keys(node)[0]);
    for (const key of ['CacheConfig', 'RetryPolicies', 'PropertyFiles', 'DependsOn', 'EnumValues'])
      if (key in node) add('member', key);
    Object.values(node).forEach(visit);
  };
  GOLDENS.map(golden).forEach(visit);

  test('have every step type but AutoML, for which the SDK has no way to make arguments any more', () => {
    expect(STEP_TYPES.filter((type) => !seen.get('step')?.has(type))).toEqual(['AutoML']);
  });

  test('have every condition', () => {
    expect([...(seen.get('condition') ?? [])].sort()).toEqual([
      'Equals',
      'GreaterThan',
      'GreaterThanOrEqualTo',
      'In',
      'LessThan',
      'LessThanOrEqualTo',
      'Not',
      'Or',
    ]);
  });

  test('have every expression, and all that surrounds steps', () => {
    expect([...(seen.get('expression') ?? [])].sort()).toEqual(['Get', 'Std:Join', 'Std:JsonGet']);
    expect([...(seen.get('member') ?? [])].sort()).toEqual([
      'CacheConfig',
      'DependsOn',
      'EnumValues',
      'PropertyFiles',
      'RetryPolicies',
    ]);
  });
});
