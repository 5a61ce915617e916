import {
  checkDefinition,
  problemsOf,
} from '../../../../../../src/services/sagemaker/runtime/pipelines/definition/check';
import { parseDefinition } from '../../../../../../src/services/sagemaker/runtime/pipelines/definition/definition';
import { parameterValues } from '../../../../../../src/services/sagemaker/runtime/pipelines/definition/parameters';
import { Shapes } from '../../../../../../src/services/sagemaker/runtime/shapes';

const shapes = new Shapes();
const args = {
  ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } },
  AppSpecification: { ImageUri: 'x/sagemaker-scikit-learn:1.9-0-cpu-py3' },
  RoleArn: 'arn:aws:iam::000000000000:role/r',
};
const step = (Name: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  Name,
  Type: 'Processing',
  Arguments: args,
  ...more,
});
const definition = (
  steps: readonly unknown[],
  parameters: readonly unknown[] = [],
): ReturnType<typeof parseDefinition> =>
  parseDefinition(JSON.stringify({ Version: '2020-12-01', Parameters: parameters, Steps: steps }));
const count = { Name: 'Count', Type: 'Integer', DefaultValue: 1 };

describe('a pipeline definition', () => {
  test.each<[string, readonly unknown[], string]>([
    ['two steps of one name', [step('A'), step('A')], 'Step names must be unique: [A] occurs twice'],
    ['a bad name', [step('A B')], "Step name 'A B' is not valid"],
    ['an unknown type', [step('A', { Type: 'Nonsense' })], 'Step [A]: unknown type [Nonsense]'],
    [
      'a missing dependency',
      [step('A', { DependsOn: ['B'] })],
      'Step [A]: DependsOn names step [B], which does not exist',
    ],
    [
      'a circle, with its route',
      [step('A', { DependsOn: ['C'] }), step('B', { DependsOn: ['A'] }), step('C', { DependsOn: ['B'] })],
      'in a circle: A -> C -> B -> A',
    ],
    [
      'a reference to nothing',
      [step('A', { Arguments: { ...args, Environment: { X: { Get: 'Steps.Z.a' } } } })],
      'Unknown property reference [Steps.Z.a]: no such step',
    ],
    [
      'an undeclared property file',
      [
        step('A'),
        step('B', {
          Arguments: {
            ...args,
            Environment: { X: { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.A.PropertyFiles.R' }, Path: 'x' } } },
          },
        }),
      ],
      'property file [R] is not declared by step [A], which declares: none',
    ],
    [
      'a number where text belongs',
      [step('A', { Arguments: { ...args, Environment: { X: { Get: 'Parameters.Count' } } } })],
      'Cannot assign property reference [Parameters.Count] to argument of type [String]',
    ],
    [
      'a missing member',
      [step('A', { Arguments: { ...args, RoleArn: undefined } })],
      "Value null at 'roleArn' failed to satisfy constraint",
    ],
    ['a misspelt member', [step('A', { Arguments: { ...args, Enviroment: {} } })], "Unknown member 'Enviroment'"],
    [
      'an unknown condition',
      [
        {
          Name: 'C',
          Type: 'Condition',
          Arguments: {
            Conditions: [{ Type: 'ConditionLessThan', LeftValue: 1, RightValue: 2 }],
            IfSteps: [],
            ElseSteps: [],
          },
        },
      ],
      'unknown condition type [ConditionLessThan]',
    ],
    [
      'a Fail step in DependsOn',
      [{ Name: 'F', Type: 'Fail', Arguments: { ErrorMessage: 'x' } }, step('A', { DependsOn: ['F'] })],
      'DependsOn names the Fail step [F]',
    ],
  ])('is refused for %s', (_what, steps, message) => {
    expect(problemsOf(definition(steps, [count]), shapes).join('; ')).toContain(message);
  });

  test('with several mistakes tells all of them', () => {
    expect(() => checkDefinition(definition([step('A', { DependsOn: ['B'] }), step('A')]), shapes)).toThrow(
      /occurs twice.*does not exist/s,
    );
  });

  test('with a step type that a laptop cannot run is refused by name', () => {
    expect(() => checkDefinition(definition([step('A', { Type: 'EMR' })]), shapes)).toThrow(
      "does not support pipeline step type EMR (step 'A'); there is no cluster on a laptop",
    );
  });

  test('allows a number where a number belongs, and everything that is well-formed', () => {
    const resources = {
      ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: { Get: 'Parameters.Count' }, VolumeSizeInGB: 1 },
    };
    expect(
      problemsOf(definition([step('A', { Arguments: { ...args, ProcessingResources: resources } })], [count]), shapes),
    ).toEqual([]);
  });

  test.each([
    ['not JSON', '{', 'not valid JSON'],
    ['another version', '{"Version":"1"}', 'the only one is "2020-12-01"'],
    ['no steps', '{"Version":"2020-12-01","Steps":[]}', 'at least one step'],
  ])('is refused when it is %s', (_what, text, message) => {
    expect(() => parseDefinition(text)).toThrow(message);
  });
});

describe('parameters of an execution', () => {
  const pipeline = definition(
    [step('A')],
    [
      count,
      { Name: 'Share', Type: 'Float' },
      { Name: 'On', Type: 'Boolean', DefaultValue: false },
      { Name: 'Size', Type: 'String', DefaultValue: 'small', EnumValues: ['small', 'large'] },
    ],
  );

  test('take their types, given or by default', () => {
    expect(
      Object.fromEntries(
        parameterValues(
          pipeline,
          new Map([
            ['Share', '0.5'],
            ['On', 'True'],
          ]),
        ),
      ),
    ).toEqual({ Count: 1, Share: 0.5, On: true, Size: 'small' });
  });

  test('are refused with every problem at once', () => {
    expect(() =>
      parameterValues(
        pipeline,
        new Map([
          ['Count', '1.5'],
          ['Size', 'huge'],
          ['What', 'x'],
        ]),
      ),
    ).toThrow(
      /\[What\] are not defined.*\[Count\] is of type \[Integer\]; '1\.5' is not.*\[Size\] must be one of small, large.*\[Share\] have no default value/s,
    );
  });
});
