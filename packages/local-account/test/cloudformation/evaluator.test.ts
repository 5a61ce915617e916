import { Evaluator, type Scope } from '../../src/cloudformation/evaluator';

const scope = (more: Partial<Scope> = {}): Scope => ({
  accountId: '000000000000',
  region: 'us-east-1',
  stackName: 'App',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/App/1',
  notificationArns: [],
  parameters: { Stage: 'prod', Zones: ['a', 'b'] },
  mappings: { Sizes: { prod: { count: 3 } } },
  conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, IsDev: { 'Fn::Not': [{ Condition: 'IsProd' }] } },
  ref: (id) => (id === 'Bucket' ? 'app-bucket' : undefined),
  attribute: (id, name) => `${id}/${name}`,
  importValue: (name) => `imported-${name}`,
  ssm: (name, version) => `${name}@${version ?? 'newest'}`,
  ...more,
});
const evaluate = (raw: unknown, more: Partial<Scope> = {}): unknown => new Evaluator(scope(more)).value(raw);

describe('an intrinsic function', () => {
  test.each<readonly [string, unknown, unknown]>([
    ['Ref of a parameter', { Ref: 'Stage' }, 'prod'],
    ['Ref of a list parameter', { Ref: 'Zones' }, ['a', 'b']],
    ['Ref of a resource', { Ref: 'Bucket' }, 'app-bucket'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['GetAtt', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'Bucket/Arn'],
    ['GetAtt of a nested attribute', { 'Fn::GetAtt': ['Nested', 'Outputs.Name'] }, 'Nested/Outputs.Name'],
    ['GetAtt in its dotted form', { 'Fn::GetAtt': 'Bucket.Arn' }, 'Bucket/Arn'],
    ['Join', { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 1, true]] }, 'arn:aws:1:true'],
    ['Join of a list that is computed', { 'Fn::Join': ['-', { Ref: 'Zones' }] }, 'a-b'],
    [
      'Sub',
      { 'Fn::Sub': '${AWS::Region}/${Bucket}/${Bucket.Arn}/${!Literal}' },
      'us-east-1/app-bucket/Bucket/Arn/${Literal}',
    ],
    ['Sub with variables', { 'Fn::Sub': ['${Name}-${Stage}', { Name: { Ref: 'Bucket' } }] }, 'app-bucket-prod'],
    ['Select', { 'Fn::Select': [1, { Ref: 'Zones' }] }, 'b'],
    ['Select with an index in a string', { 'Fn::Select': ['0', ['x', 'y']] }, 'x'],
    ['Split', { 'Fn::Split': ['/', 'a/b/c'] }, ['a', 'b', 'c']],
    ['If', { 'Fn::If': ['IsProd', 'big', 'small'] }, 'big'],
    [
      'And, Or, Not',
      {
        'Fn::And': [
          { Condition: 'IsProd' },
          { 'Fn::Or': [{ Condition: 'IsDev' }, { 'Fn::Not': [{ Condition: 'IsDev' }] }] },
        ],
      },
      true,
    ],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'count'] }, 3],
    ['FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'test', 'count', { DefaultValue: 1 }] }, 1],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${Stage}-vpc' } }, 'imported-prod-vpc'],
    ['Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
    ['Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 3, 8] }, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    ['ToJsonString', { 'Fn::ToJsonString': { bucket: { Ref: 'Bucket' }, n: 1 } }, '{"bucket":"app-bucket","n":1}'],
    ['Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
    ['a dynamic reference', 'x-{{resolve:ssm:/a/b:3}}-{{resolve:ssm:/c}}', 'x-/a/b@3-/c@newest'],
    ['a dynamic reference that Join makes', { 'Fn::Join': ['', ['{{resolve:ssm:', '/c', '}}']] }, '/c@newest'],
  ])('%s is resolved', (_name, raw, expected) => {
    expect(evaluate(raw)).toEqual(expected);
  });

  test('leaves an object with a single key alone when the key is no function', () => {
    const pattern = {
      source: ['aws.s3'],
      detail: { bucket: { name: [{ Ref: 'Bucket' }] }, object: { key: [{ prefix: 'raw/' }] } },
    };
    expect(evaluate(pattern)).toEqual({
      source: ['aws.s3'],
      detail: { bucket: { name: ['app-bucket'] }, object: { key: [{ prefix: 'raw/' }] } },
    });
  });

  test('leaves Condition of a policy statement alone', () => {
    expect(evaluate({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })).toEqual({
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  test('NoValue removes a property and a list item', () => {
    const none = { Ref: 'AWS::NoValue' };
    expect(
      evaluate({ a: none, b: [none, 1, { 'Fn::If': ['IsDev', 2, none] }], c: { 'Fn::If': ['IsProd', none, 3] } }),
    ).toEqual({ b: [1] });
  });

  test('evaluates only the branch of If that is taken', () => {
    expect(evaluate({ 'Fn::If': ['IsProd', 'x', { Ref: 'Missing' }] })).toBe('x');
  });

  test.each<readonly [string, unknown, RegExp]>([
    ['Ref of nothing', { Ref: 'Missing' }, /Ref to 'Missing', which is neither a parameter nor a resource/],
    [
      'an unknown condition',
      { 'Fn::If': ['IsTest', 1, 2] },
      /the condition 'IsTest' is not defined; there are: IsProd, IsDev/,
    ],
    ['Select behind the end', { 'Fn::Select': [2, ['a']] }, /index 2 of a list of 1/],
    ['a missing mapping', { 'Fn::FindInMap': ['Sizes', 'test', 'count'] }, /the mapping Sizes has no test -> count/],
    ['Join of a structure', { 'Fn::Join': ['', [{ a: 1, b: 2 }]] }, /Fn::Join needs a string/],
    [
      'an unknown function',
      { 'Fn::Transform': {} },
      /does not support the intrinsic function Fn::Transform; known are: Ref, Fn::GetAtt/,
    ],
    ['a secret', '{{resolve:secretsmanager:x}}', /does not support the dynamic reference/],
  ])('%s is an error that says what is wrong', (_name, raw, message) => {
    expect(() => evaluate(raw)).toThrow(message);
  });

  test('conditions in a circle are an error with the route', () => {
    const conditions = { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } };
    expect(() => evaluate({ 'Fn::If': ['A', 1, 2] }, { conditions })).toThrow('A -> B -> A');
  });
});
