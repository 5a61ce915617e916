import { generatedName } from '../../src/cloudformation/names';
import { dependenciesOf, topologicalOrder } from '../../src/cloudformation/order';
import { referenced, resolveParameters } from '../../src/cloudformation/parameters';
import { parseTemplate } from '../../src/cloudformation/template';

const order = (resources: object): readonly string[] => {
  const template = parseTemplate(JSON.stringify({ Resources: resources }));
  return topologicalOrder(dependenciesOf(template, Object.keys(template.resources)));
};
const parameter = { Type: 'AWS::SSM::Parameter' };

describe('a template', () => {
  test('in YAML with short forms is the same as in JSON', () => {
    const yaml = `
Parameters: { Stage: { Type: String } }
Conditions: { IsProd: !Equals [!Ref Stage, prod] }
Resources:
  Name:
    Type: AWS::SSM::Parameter
    Condition: IsProd
    DependsOn: Other
    Properties:
      Value: !Sub '\${Stage}-x'
      Tags: !If [IsProd, { a: !GetAtt Other.Value }, !Ref AWS::NoValue]
      Version: 2012-10-17
  Other: { Type: AWS::SSM::Parameter }
`;
    const { resources, conditions } = parseTemplate(yaml);
    expect(conditions).toEqual({ IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } });
    expect(resources.Name).toMatchObject({
      condition: 'IsProd',
      dependsOn: ['Other'],
      properties: {
        Value: { 'Fn::Sub': '${Stage}-x' },
        Tags: { 'Fn::If': ['IsProd', { a: { 'Fn::GetAtt': ['Other', 'Value'] } }, { Ref: 'AWS::NoValue' }] },
        Version: '2012-10-17',
      },
    });
  });

  test('with several mistakes names all of them', () => {
    const source = {
      Resource: {},
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: { A: { Properties: [] }, B: { Type: 'X', DeletionPolicy: 'Snapshot', Depends: [] } },
    };
    expect(() => parseTemplate(JSON.stringify(source))).toThrow(
      /unknown section 'Resource'.*transform 'AWS::Serverless-2016-10-31'.*resource A has no Type.*Properties of resource A must be a map.*unknown attribute 'Depends'.*DeletionPolicy 'Snapshot' of resource B/,
    );
  });

  test('that is neither JSON nor YAML is a format error', () => {
    expect(() => parseTemplate('{"Resources": [')).toThrow(/Template format error/);
  });
});

describe('the order of resources', () => {
  test('follows Ref, GetAtt, Sub and DependsOn', () => {
    const resources = {
      A: { ...parameter, Properties: { x: { 'Fn::Sub': ['${B.Arn} ${Own}', { Own: { Ref: 'C' } }] } } },
      B: { ...parameter, DependsOn: ['D'] },
      C: { ...parameter, Properties: { x: [{ y: { 'Fn::GetAtt': ['D', 'Arn'] } }] } },
      D: parameter,
    };
    expect(order(resources)).toEqual(['D', 'B', 'C', 'A']);
  });

  test('ends in an error with the route when there is a cycle', () => {
    const resources = {
      A: { ...parameter, DependsOn: 'B' },
      B: { ...parameter, Properties: { x: { Ref: 'C' } } },
      C: { ...parameter, Properties: { x: { Ref: 'B' } } },
    };
    expect(() => order(resources)).toThrow('Circular dependency between resources: B -> C -> B');
  });

  test('takes a key named Ref beside others for data', () => {
    expect(order({ A: { ...parameter, Properties: { x: { Ref: 'B', y: 1 } } }, B: parameter })).toEqual(['A', 'B']);
  });
});

describe('parameters', () => {
  const template = parseTemplate(
    JSON.stringify({
      Parameters: {
        Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'prod'] },
        Count: { Type: 'Number', MinValue: 1, MaxValue: 3 },
        Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
        Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/version' },
        Secret: { Type: 'String', NoEcho: true, Default: 'x', AllowedPattern: '[a-z]*' },
      },
      Resources: { A: parameter },
    }),
  );
  const ssm = (name: string): string | undefined => (name === '/version' ? '21' : undefined);
  const resolve = (given: Record<string, string>, previous = {}): ReturnType<typeof resolveParameters> =>
    resolveParameters(
      template,
      Object.entries(given).map(([key, value]) => ({ key, value, usePrevious: false })),
      previous,
      ssm,
    );

  test('get defaults, lists and values from the parameter store', () => {
    expect(referenced(template, resolve({ Count: '2' }))).toEqual({
      Stage: 'dev',
      Count: '2',
      Zones: ['a', 'b'],
      Version: '21',
      Secret: 'x',
    });
  });

  test('keep their previous value when asked to', () => {
    const values = resolveParameters(
      template,
      [{ key: 'Count', usePrevious: true }],
      { Count: { value: '3', noEcho: false } },
      ssm,
    );
    expect(values.Count).toEqual({ value: '3', noEcho: false });
  });

  test('that break their rules are all named', () => {
    expect(() => resolve({ Stage: 'test', Count: '9', Secret: 'A1', Version: '/none', Unknown: '1' })).toThrow(
      /Parameters: \[Unknown\] do not exist.*Stage must be one of: dev, prod; it is 'test'.*Count must respect MaxValue 3; it is 9.*Unable to fetch parameters \[\/none\].*Secret must match the pattern/,
    );
  });

  test('without a value are named', () => {
    expect(() => resolve({})).toThrow('Parameters: [Count] must have values');
  });
});

describe('a generated name', () => {
  test('follows the pattern of CloudFormation and is stable', () => {
    const name = generatedName('App', 'arn:1', 'Role1ABC', 0);
    expect(name).toMatch(/^App-Role1ABC-[0-9A-Z]{12}$/);
    expect(generatedName('App', 'arn:1', 'Role1ABC', 0)).toBe(name);
  });

  test('differs for another stack of the same name and after a replacement', () => {
    const names = [
      generatedName('App', 'arn:1', 'A', 0),
      generatedName('App', 'arn:2', 'A', 0),
      generatedName('App', 'arn:1', 'A', 1),
    ];
    expect(new Set(names).size).toBe(3);
  });

  test.each([24, 40, 63, 64])('keeps within %i characters', (limit) => {
    const name = generatedName(
      'A-Rather-Long-Stack-Name-For-A-Use-Case',
      'arn:1',
      'SomeConstructWithALongLogicalIdABCDEF12',
      0,
      limit,
      true,
    );
    expect(name.length).toBeLessThanOrEqual(limit);
    expect(name).toMatch(/^a-.*-[0-9a-z]{12}$/);
  });
});
