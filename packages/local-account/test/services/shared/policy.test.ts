import type { Body } from '../../../src/core/service';
import { matchesPattern } from '../../../src/services/shared/policy-pattern';
import { evaluatePolicies } from '../../../src/services/shared/policy';

const decide = (
  statements: readonly Body[],
  action = 's3:GetObject',
  resource = 'arn:aws:s3:::data/raw/a.csv',
  context: Record<string, string | readonly string[]> = {},
): string => evaluatePolicies([{ Version: '2012-10-17', Statement: statements }], { action, resource, context });
const allow = (more: Body = {}): Body => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more });

describe('a policy', () => {
  test.each<readonly [string, readonly Body[], string]>([
    ['without statements does not allow', [], 'not-allowed'],
    ['allows the action on the resource', [allow({ Resource: 'arn:aws:s3:::data/*' })], 'allowed'],
    ['does not allow another action', [allow({ Action: ['s3:PutObject', 's3:GetObjectTagging'] })], 'not-allowed'],
    [
      'does not allow another resource',
      [allow({ Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::other/*'] })],
      'not-allowed',
    ],
    ['takes wildcards in actions, whatever their case', [allow({ Action: 'S3:get*' })], 'allowed'],
    ['takes ? for one character', [allow({ Resource: 'arn:aws:s3:::data/raw/?.csv' })], 'allowed'],
    [
      'lets Deny win over Allow',
      [allow(), { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::data/raw/*' }],
      'denied',
    ],
    ['allows with NotAction what is not listed', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'allowed'],
    [
      'does not allow with NotAction what is listed',
      [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }],
      'not-allowed',
    ],
    [
      'does not allow with NotResource what is listed',
      [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::data/*' }],
      'not-allowed',
    ],
  ])('%s', (_name, statements, expected) => {
    expect(decide(statements)).toBe(expected);
  });

  test('may be a single statement instead of a list', () => {
    expect(evaluatePolicies([{ Statement: allow() }], { action: 's3:GetObject', resource: 'x', context: {} })).toBe(
      'allowed',
    );
  });

  test.each<readonly [string, Body, string]>([
    ['StringEquals that holds', { StringEquals: { 'cloudwatch:namespace': ['Mooring', 'Other'] } }, 'allowed'],
    ['StringEquals that does not hold', { StringEquals: { 'cloudwatch:namespace': 'Other' } }, 'not-allowed'],
    ['StringEquals of an absent key', { StringEquals: { 'aws:absent': 'x' } }, 'not-allowed'],
    ['StringEqualsIfExists of an absent key', { StringEqualsIfExists: { 'aws:absent': 'x' } }, 'allowed'],
    ['StringNotEquals of an absent key', { StringNotEquals: { 'aws:absent': 'x' } }, 'allowed'],
    ['StringNotEquals that does not hold', { StringNotEquals: { 'cloudwatch:namespace': 'Mooring' } }, 'not-allowed'],
    ['StringLike', { StringLike: { 'cloudwatch:namespace': 'Moor*' } }, 'allowed'],
    ['ArnLike', { ArnLike: { 'aws:principalarn': 'arn:aws:iam::*:role/a*' } }, 'allowed'],
    ['Bool', { Bool: { 'aws:SecureTransport': 'false' } }, 'not-allowed'],
    ['NumericLessThan', { NumericLessThan: { 'x:n': '10' } }, 'allowed'],
    ['DateGreaterThan', { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } }, 'allowed'],
    ['Null of an absent key', { Null: { 'aws:absent': 'true' } }, 'allowed'],
    ['Null of a present key', { Null: { 'cloudwatch:namespace': 'true' } }, 'not-allowed'],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': { 'aws:tagkeys': ['b'] } }, 'allowed'],
    ['ForAllValues', { 'ForAllValues:StringEquals': { 'aws:tagkeys': ['b'] } }, 'not-allowed'],
    [
      'two conditions of which one fails',
      { StringLike: { 'cloudwatch:namespace': '*' }, Bool: { 'aws:SecureTransport': 'false' } },
      'not-allowed',
    ],
    ['an operator nobody knows', { SomethingElse: { 'cloudwatch:namespace': 'Mooring' } }, 'not-allowed'],
  ])('with %s is decided', (_name, condition, expected) => {
    const context = {
      'cloudwatch:namespace': 'Mooring',
      'aws:principalarn': 'arn:aws:iam::0:role/app',
      'aws:securetransport': 'true',
      'x:n': '9',
      'aws:currenttime': '2026-11-20T00:00:00Z',
      'aws:tagkeys': ['a', 'b'],
    };
    expect(decide([allow({ Condition: condition })], 's3:GetObject', 'x', context)).toBe(expected);
  });

  test('replaces policy variables in resources', () => {
    const statement = allow({ Resource: 'arn:aws:s3:::data/${aws:PrincipalAccount}/*' });
    expect(
      decide([statement], 's3:GetObject', 'arn:aws:s3:::data/000000000000/x', {
        'aws:principalaccount': '000000000000',
      }),
    ).toBe('allowed');
  });

  test('with many wildcards is decided quickly', () => {
    const started = performance.now();
    expect(matchesPattern(`${'*a'.repeat(200)}*b`, 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
