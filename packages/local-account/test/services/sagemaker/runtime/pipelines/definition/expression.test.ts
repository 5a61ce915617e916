import { holds } from '../../../../../../src/services/sagemaker/runtime/pipelines/definition/condition';
import {
  evaluate,
  follow,
  parseReference,
  pathMembers,
  references,
} from '../../../../../../src/services/sagemaker/runtime/pipelines/definition/expression';
import type { Scope } from '../../../../../../src/services/sagemaker/runtime/pipelines/definition/expression';
import type { Json } from '../../../../../../src/core/service';

const train = {
  ModelArtifacts: { S3ModelArtifacts: 's3://b/model.tar.gz' },
  FinalMetricDataList: [{ MetricName: 'auc', Value: 0.9 }],
  HyperParameters: { 'max depth': '3' },
};
const evaluation = {
  metrics: { auc: { value: 0.9, 'standard deviation': 0.01 } },
  folds: [{ f1: 1 }, { f1: 2 }],
  note: 'fine',
  flag: true,
};

const scope: Scope = {
  parameter: (name) => ({ Name: 'x', Count: 3, Share: 0.25, On: true })[name],
  execution: (name) => (name === 'PipelineExecutionId' ? 'abc' : undefined),
  experiment: () => 'experiment',
  step: () => train,
  propertyFile: () => Promise.resolve(evaluation),
  document: (uri) => Promise.resolve({ uri }),
};

describe('an expression', () => {
  test.each<[string, Json, Json]>([
    ['a parameter, in its own type', { Get: 'Parameters.Count' }, 3],
    ['an execution variable', { Get: 'Execution.PipelineExecutionId' }, 'abc'],
    ['a step property', { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' }, 's3://b/model.tar.gz'],
    ['a member of a list by its name', { Get: "Steps.Train.FinalMetricDataList['auc'].Value" }, 0.9],
    ['a member of a list by its index', { Get: 'Steps.Train.FinalMetricDataList[0].MetricName' }, 'auc'],
    ['a key with a blank', { Get: "Steps.Train.HyperParameters['max depth']" }, '3'],
    [
      'joined text of every type',
      {
        'Std:Join': {
          On: '/',
          Values: ['s3:/', { Get: 'Parameters.Name' }, { Get: 'Parameters.Share' }, { Get: 'Parameters.On' }, 5],
        },
      },
      's3://x/0.25/true/5',
    ],
    [
      'a join of a join',
      { 'Std:Join': { On: '', Values: [{ 'Std:Join': { On: '-', Values: [1, 2] } }, '!'] } },
      '1-2!',
    ],
    [
      'a value of a property file',
      { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Report' }, Path: 'metrics.auc.value' } },
      0.9,
    ],
    [
      'an index and a quoted key of a property file',
      {
        'Std:JsonGet': {
          PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Report' },
          Path: "metrics['auc']['standard deviation']",
        },
      },
      0.01,
    ],
    [
      'a value of an object in S3',
      {
        'Std:JsonGet': {
          S3Uri: { 'Std:Join': { On: '/', Values: ['s3://b', { Get: 'Parameters.Name' }] } },
          Path: 'uri',
        },
      },
      's3://b/x',
    ],
    ['plain data that only looks like one', { Get: 'a', Other: 1 }, { Get: 'a', Other: 1 }],
  ])('gives %s', async (_what, value, expected) => {
    expect(await evaluate(value, scope)).toEqual(expected);
  });

  test.each<[string, Json, string]>([
    ['an unknown parameter', { Get: 'Parameters.Nope' }, 'Unknown property reference [Parameters.Nope]'],
    ['an unknown root', { Get: 'Nonsense.x' }, 'Unknown property reference [Nonsense.x]'],
    [
      'a property that is not there',
      { Get: 'Steps.Train.ModelArtifacts.Nope' },
      'Unknown property reference [Steps.Train.ModelArtifacts.Nope]',
    ],
    [
      'a path that finds nothing',
      { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.E.PropertyFiles.R' }, Path: 'metrics.f1' } },
      "JsonGet found nothing at path 'metrics.f1'",
    ],
    [
      'a path to an object',
      { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.E.PropertyFiles.R' }, Path: 'metrics' } },
      "found an object at path 'metrics'",
    ],
  ])('refuses %s', async (_what, value, message) => {
    await expect(evaluate(value, scope)).rejects.toThrow(message);
  });

  test('tells what it refers to, however deep', () => {
    const found = references({
      a: [{ Get: 'Steps.A.x' }],
      b: { 'Std:Join': { On: '', Values: [{ Get: 'Parameters.P' }] } },
    });
    expect(found.map((each) => each.text)).toEqual(['Steps.A.x', 'Parameters.P']);
    expect(parseReference("Steps.A.Outputs['x'].y")).toMatchObject({
      kind: 'step',
      step: 'A',
      path: ['Outputs', 'x', 'y'],
    });
  });

  test('splits paths of every notation and names the place of a mistake', () => {
    expect(pathMembers(`a.b[0]['c d']["e"].f`)).toEqual(['a', 'b', 0, 'c d', 'e', 'f']);
    expect(() => pathMembers('a[')).toThrow("unexpected '[' at character 2");
    expect(follow({ a: [{ Name: 'x', v: 1 }] }, ['a', 'x', 'v'])).toBe(1);
  });
});

describe('a condition', () => {
  const read = (Path: string): Json => ({ 'Std:JsonGet': { PropertyFile: { Get: 'Steps.E.PropertyFiles.R' }, Path } });
  test.each<[Json, boolean]>([
    [{ Type: 'Equals', LeftValue: read('note'), RightValue: 'fine' }, true],
    [{ Type: 'Equals', LeftValue: read('flag'), RightValue: true }, true],
    [{ Type: 'Equals', LeftValue: '1.0', RightValue: 1 }, true],
    [{ Type: 'Equals', LeftValue: '1.0', RightValue: '1' }, false],
    [{ Type: 'GreaterThan', LeftValue: read('metrics.auc.value'), RightValue: 0.9 }, false],
    [{ Type: 'GreaterThanOrEqualTo', LeftValue: read('metrics.auc.value'), RightValue: 0.9 }, true],
    [{ Type: 'LessThan', LeftValue: 9, RightValue: '10' }, true],
    [{ Type: 'LessThanOrEqualTo', LeftValue: { Get: 'Parameters.Count' }, RightValue: 2 }, false],
    [{ Type: 'In', QueryValue: { Get: 'Parameters.Name' }, Values: ['y', { Get: 'Parameters.Name' }] }, true],
    [{ Type: 'In', QueryValue: 'z', Values: ['y'] }, false],
    [{ Type: 'Not', Condition: { Type: 'In', QueryValue: 'z', Values: ['y'] } }, true],
    [
      {
        Type: 'Or',
        Conditions: [
          { Type: 'Equals', LeftValue: 1, RightValue: 2 },
          { Type: 'Equals', LeftValue: 2, RightValue: 2 },
        ],
      },
      true,
    ],
    [{ Type: 'Or', Conditions: [{ Type: 'Equals', LeftValue: 1, RightValue: 2 }] }, false],
  ])('%j is %s', async (condition, expected) => {
    expect(await holds(condition, scope)).toBe(expected);
  });

  test('cannot compare a number with text that is none', async () => {
    await expect(holds({ Type: 'LessThan', LeftValue: 1, RightValue: 'much' }, scope)).rejects.toThrow(
      'one is a number, the other is not',
    );
  });
});
