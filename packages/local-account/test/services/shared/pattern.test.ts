import { compilePattern, PatternError } from '../../../src/services/shared/pattern';

/** One case of the corpus: a pattern, an event, the verdict EventBridge gives. */
type Case = readonly [title: string, pattern: object, event: object, matches: boolean];

const corpus: Readonly<Record<string, readonly Case[]>> = {
  'exact values': [
    ['string', { source: ['aws.s3'] }, { source: 'aws.s3' }, true],
    ['another string', { source: ['aws.s3'] }, { source: 'aws.ec2' }, false],
    ['case matters', { source: ['AWS.S3'] }, { source: 'aws.s3' }, false],
    ['one of several', { source: ['a', 'b'] }, { source: 'b' }, true],
    ['number', { n: [5] }, { n: 5.0 }, true],
    ['number is no string', { n: [5] }, { n: '5' }, false],
    ['true', { flag: [true] }, { flag: true }, true],
    ['true is no string', { flag: [true] }, { flag: 'true' }, false],
    ['null', { x: [null] }, { x: null }, true],
    ['null is not absent', { x: [null] }, {}, false],
    ['empty string', { x: [''] }, { x: '' }, true],
    ['all keys must match', { a: [1], b: [2] }, { a: 1, b: 3 }, false],
    ['keys the pattern does not name are ignored', { a: [1] }, { a: 1, b: 3 }, true],
    ['absent key', { a: [1] }, { b: 1 }, false],
  ],
  nesting: [
    ['nested', { detail: { state: { value: ['ALARM'] } } }, { detail: { state: { value: 'ALARM' } } }, true],
    ['wrong level', { detail: { value: ['ALARM'] } }, { detail: { state: { value: 'ALARM' } } }, false],
    ['scalar where an object is expected', { detail: { value: ['x'] } }, { detail: 'x' }, false],
    ['object where a scalar is expected', { detail: ['x'] }, { detail: { x: 'x' } }, false],
  ],
  arrays: [
    ['one element matches', { resources: ['b'] }, { resources: ['a', 'b'] }, true],
    ['no element matches', { resources: ['c'] }, { resources: ['a', 'b'] }, false],
    ['intersection', { resources: ['c', 'a'] }, { resources: ['a', 'b'] }, true],
    ['empty array in the event', { resources: ['a'] }, { resources: [] }, false],
    ['nested arrays are flat', { r: ['b'] }, { r: [['a'], ['b']] }, true],
    ['objects in an array', { r: { k: ['b'] } }, { r: [{ k: 'a' }, { k: 'b' }] }, true],
    [
      'one element has to satisfy all',
      { r: { k: ['a'], v: [2] } },
      {
        r: [
          { k: 'a', v: 1 },
          { k: 'b', v: 2 },
        ],
      },
      false,
    ],
    [
      'one element does satisfy all',
      { r: { k: ['b'], v: [2] } },
      {
        r: [
          { k: 'a', v: 1 },
          { k: 'b', v: 2 },
        ],
      },
      true,
    ],
    [
      'fields updated contain approval',
      { d: { Updated: ['ModelApprovalStatus'] } },
      { d: { Updated: ['ApprovalDescription', 'ModelApprovalStatus'] } },
      true,
    ],
  ],
  prefix: [
    ['holds', { k: [{ prefix: 'us-' }] }, { k: 'us-east-1' }, true],
    ['does not', { k: [{ prefix: 'us-' }] }, { k: 'eu-us-1' }, false],
    ['of a number never', { k: [{ prefix: '1' }] }, { k: 12 }, false],
    ['empty prefix', { k: [{ prefix: '' }] }, { k: 'x' }, true],
    ['ignoring case', { k: [{ prefix: { 'equals-ignore-case': 'US-' } }] }, { k: 'us-east-1' }, true],
    ['any element of an array', { k: [{ prefix: 'b' }] }, { k: ['a1', 'b1'] }, true],
  ],
  suffix: [
    ['holds', { k: [{ suffix: '.csv' }] }, { k: 'a/b.csv' }, true],
    ['does not', { k: [{ suffix: '.csv' }] }, { k: 'a/b.csv.gz' }, false],
    ['ignoring case', { k: [{ suffix: { 'equals-ignore-case': '.CSV' } }] }, { k: 'b.csv' }, true],
  ],
  'equals-ignore-case': [
    ['holds', { k: [{ 'equals-ignore-case': 'alarm' }] }, { k: 'ALARM' }, true],
    ['does not', { k: [{ 'equals-ignore-case': 'alarm' }] }, { k: 'ALARMS' }, false],
  ],
  'anything-but': [
    ['another string', { k: [{ 'anything-but': 'ALARM' }] }, { k: 'OK' }, true],
    ['the string', { k: [{ 'anything-but': 'ALARM' }] }, { k: 'ALARM' }, false],
    ['absent', { k: [{ 'anything-but': 'ALARM' }] }, {}, false],
    ['null', { k: [{ 'anything-but': 'ALARM' }] }, { k: null }, true],
    ['list', { k: [{ 'anything-but': ['a', 'b'] }] }, { k: 'c' }, true],
    ['in the list', { k: [{ 'anything-but': ['a', 'b'] }] }, { k: 'b' }, false],
    ['number', { k: [{ 'anything-but': 100 }] }, { k: 100 }, false],
    ['numbers', { k: [{ 'anything-but': [100, 200] }] }, { k: 300 }, true],
    ['prefix', { k: [{ 'anything-but': { prefix: 'init' } }] }, { k: 'initial' }, false],
    ['not that prefix', { k: [{ 'anything-but': { prefix: 'init' } }] }, { k: 'final' }, true],
    ['prefixes', { k: [{ 'anything-but': { prefix: ['a', 'b'] } }] }, { k: 'bc' }, false],
    ['suffix', { k: [{ 'anything-but': { suffix: '.tmp' } }] }, { k: 'x.tmp' }, false],
    ['suffixes', { k: [{ 'anything-but': { suffix: ['.tmp', '.bak'] } }] }, { k: 'x.csv' }, true],
    ['ignoring case', { k: [{ 'anything-but': { 'equals-ignore-case': ['A', 'b'] } }] }, { k: 'a' }, false],
    ['wildcard', { k: [{ 'anything-but': { wildcard: '*/tmp/*' } }] }, { k: 'x/tmp/y' }, false],
    ['not that wildcard', { k: [{ 'anything-but': { wildcard: ['*/tmp/*', '*.bak'] } }] }, { k: 'x/y' }, true],
    ['array with another element', { k: [{ 'anything-but': 'a' }] }, { k: ['a', 'b'] }, true],
    ['a number passes a list of strings', { k: [{ 'anything-but': ['a'] }] }, { k: 1 }, true],
  ],
  numeric: [
    ['=', { n: [{ numeric: ['=', 3.018e2] }] }, { n: 301.8 }, true],
    ['>', { n: [{ numeric: ['>', 0] }] }, { n: 0 }, false],
    ['>=', { n: [{ numeric: ['>=', 0] }] }, { n: 0 }, true],
    ['<', { n: [{ numeric: ['<', 10] }] }, { n: 9.99 }, true],
    ['<=', { n: [{ numeric: ['<=', -5] }] }, { n: -4 }, false],
    ['range', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 5 }, true],
    ['out of range', { n: [{ numeric: ['>', 0, '<', 5] }] }, { n: 5 }, false],
    ['string never', { n: [{ numeric: ['>', 0] }] }, { n: '5' }, false],
  ],
  exists: [
    ['present', { k: [{ exists: true }] }, { k: 'x' }, true],
    ['present null', { k: [{ exists: true }] }, { k: null }, true],
    ['absent', { k: [{ exists: true }] }, {}, false],
    ['not wanted and absent', { k: [{ exists: false }] }, {}, true],
    ['not wanted and present', { k: [{ exists: false }] }, { k: 0 }, false],
    ['not wanted below an absent parent', { a: { b: [{ exists: false }] } }, {}, true],
    ['objects are no leaves', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
    ['empty array has no leaf', { a: [{ exists: true }] }, { a: [] }, false],
    ['absent or a value', { a: [{ exists: false }, 'x'] }, { a: 'x' }, true],
    ['absent or a value, another value', { a: [{ exists: false }, 'x'] }, { a: 'y' }, false],
  ],
  cidr: [
    ['inside', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.255' }, true],
    ['outside', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.0' }, false],
    ['IPv6', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8::1' }, true],
    ['IPv6 outside', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db9::1' }, false],
    ['other family', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '::1' }, false],
    ['no address', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: 'x' }, false],
  ],
  wildcard: [
    ['middle', { k: [{ wildcard: 'dir/*.png' }] }, { k: 'dir/a/b.png' }, true],
    ['no characters', { k: [{ wildcard: 'dir/*.png' }] }, { k: 'dir/.png' }, true],
    ['start', { k: [{ wildcard: '*b' }] }, { k: 'ab' }, true],
    ['end does not fit', { k: [{ wildcard: '*b' }] }, { k: 'abc' }, false],
    ['several', { k: [{ wildcard: '*/raw/*/x*' }] }, { k: 'credit/raw/2026/x1' }, true],
    ['escaped star', { k: [{ wildcard: 'a\\*b' }] }, { k: 'a*b' }, true],
    ['escaped star is literal', { k: [{ wildcard: 'a\\*b' }] }, { k: 'axb' }, false],
    ['other characters are literal', { k: [{ wildcard: 'a.c*' }] }, { k: 'abc' }, false],
    ['line breaks', { k: [{ wildcard: 'a*c' }] }, { k: 'a\nc' }, true],
  ],
  $or: [
    ['first holds', { $or: [{ a: [1] }, { b: [2] }] }, { a: 1 }, true],
    ['second holds', { $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, true],
    ['none holds', { $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, false],
    ['together with other keys', { s: ['x'], $or: [{ a: [1] }, { b: [2] }] }, { s: 'y', a: 1 }, false],
    [
      'nested',
      { d: { $or: [{ a: [{ numeric: ['>', 1] }] }, { $or: [{ b: [2] }, { c: [3] }] }] } },
      { d: { c: 3 } },
      true,
    ],
  ],
};

describe.each(Object.entries(corpus))('a pattern with %s', (_operator, cases) => {
  test.each(cases)('%s', (_title, pattern, event, matches) => {
    expect(compilePattern(JSON.stringify(pattern))(event)).toBe(matches);
  });
});

describe('the pattern of a drift alarm that starts a retraining', () => {
  const pattern = compilePattern({
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:credit-risk-drift'],
    detail: {
      state: { value: ['ALARM'], actionsSuppressedBy: [{ exists: false }] },
      previousState: { value: [{ 'anything-but': 'ALARM' }] },
    },
  });
  const event = (state: object, previous: string): object => ({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:credit-risk-drift'],
    detail: { state, previousState: { value: previous } },
  });
  test('takes the transition', () => expect(pattern(event({ value: 'ALARM' }, 'OK'))).toBe(true));
  test('leaves a suppressed alarm', () =>
    expect(pattern(event({ value: 'ALARM', actionsSuppressedBy: 'Alarm' }, 'OK'))).toBe(false));
  test('leaves an alarm that fired before', () => expect(pattern(event({ value: 'ALARM' }, 'ALARM'))).toBe(false));
});

describe('a pattern that EventBridge refuses', () => {
  test.each([
    ['no JSON', '{', /not valid JSON/],
    ['no object', '[]', /Filter is not an object/],
    ['empty', '{}', /Empty objects are not allowed/],
    ['empty list', '{"a":[]}', /Empty arrays are not allowed \(at a\)/],
    ['scalar', '{"source":"aws.s3"}', /"source" must be an object or an array/],
    ['list in a list', '{"a":[["x"]]}', /Match value must be/],
    ['unknown operator', '{"a":[{"like":"x"}]}', /Unrecognized match type like \(at a\)/],
    ['two operators', '{"a":[{"prefix":"x","suffix":"y"}]}', /Only one key allowed/],
    ['prefix of a number', '{"a":[{"prefix":1}]}', /prefix match pattern must be a string/],
    ['mixed anything-but', '{"a":[{"anything-but":["x",1]}]}', /either all values must be strings or numbers/],
    ['numeric text', '{"a":[{"numeric":[">","1"]}]}', /must be numeric/],
    ['numeric upside down', '{"a":[{"numeric":[">",5,"<",1]}]}', /Bottom must be less than top/],
    ['cidr', '{"a":[{"cidr":"10.0.0.0"}]}', /Malformed CIDR/],
    ['wildcards in a row', '{"a":[{"wildcard":"a**"}]}', /Consecutive wildcard characters at pos 1/],
    ['exists text', '{"a":[{"exists":"yes"}]}', /exists match pattern must be either true or false/],
    ['$or with one alternative', '{"$or":[{"a":[1]}]}', /Unrecognized match type a/],
  ])('%s', (_title, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
