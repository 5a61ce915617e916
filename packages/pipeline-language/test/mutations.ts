import type { Code } from '../src';
import { add, at, type Change, drop, put } from './mutate';

/** What is wrong, what the checker must call it, the step that it must name (none for the pipeline), and the change. */
export type Mutation = readonly [what: string, code: Code, step: string | undefined, change: Change];

const get = (path: string) => ({ Get: path });
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const condition = 'Arguments.Conditions.0';
const cluster = 'Arguments.ProcessingResources.ClusterConfig';
const firstInput = 'Arguments.ProcessingInputs.0.S3Input.S3Uri';
const channel = 'Arguments.InputDataConfig.0.DataSource.S3DataSource.S3Uri';
const named = (output: string) => get(`Steps.Prepare.ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri`);
const other = { 'Std:JsonGet': { Step: 'Evaluate', PropertyFile: 'Report', Path: 'f1' } };
const long = 'x'.repeat(65);
const sameInBoth: Change = (d) => put('Equal', 'Arguments.ElseSteps', at(d, 'Equal', 'Arguments.IfSteps'))(d);
const nested: Change = (d) => add('Equal', 'Arguments.IfSteps', (at(d, '', 'Steps') as unknown[]).splice(3, 1)[0])(d);
const copies: Change = (d) =>
  add('', 'Steps', ...many(27, (i) => ({ ...(at(d, 'EqualYes', '') as object), Name: `M${i}` })))(d);

/** Ways to break each golden. */
export const MUTATIONS: Readonly<Record<string, readonly Mutation[]>> = {
  'quality-gate': [
    ['the list of steps is gone', 'missing-key', undefined, drop('', 'Steps')],
    ['the version is of tomorrow', 'not-allowed', undefined, put('', 'Version', '2030-01-01')],
    ['a member at the top is misspelt', 'unknown-key', undefined, put('', 'Parameter', [])],
    ['a step name has a space', 'bad-name', 'Pre pare', put('Prepare', 'Name', 'Pre pare')],
    ['a step name has 65 characters', 'bad-name', long, put('QualityGate', 'Name', long)],
    ['two steps have one name', 'duplicate-name', 'Train', put('Evaluate', 'Name', 'Train')],
    ['a step type is misspelt', 'unknown-step-type', 'Train', put('Train', 'Type', 'Trainning')],
    ['a step lost its type', 'unknown-step-type', 'Train', drop('Train', 'Type')],
    ['a step lost its arguments', 'missing-key', 'Train', drop('Train', 'Arguments')],
    ['a required key is gone', 'missing-key', 'Prepare', drop('Prepare', 'Arguments.RoleArn')],
    [
      'a key deep inside is gone',
      'missing-key',
      'Prepare',
      drop('Prepare', 'Arguments.ProcessingInputs.0.S3Input.S3Uri'),
    ],
    ['a key deep inside is misspelt', 'unknown-key', 'Prepare', put('Prepare', `${cluster}.Instances`, 1)],
    [
      'no such instance type',
      'unknown-instance-type',
      'Train',
      put('Train', 'Arguments.ResourceConfig.InstanceType', 'ml.m5.huge'),
    ],
    [
      'an enum is misspelt',
      'not-allowed',
      'Train',
      put('Train', 'Arguments.AlgorithmSpecification.TrainingInputMode', 'Files'),
    ],
    ['a role is no ARN', 'pattern', 'Prepare', put('Prepare', 'Arguments.RoleArn', 'the-role-that-the-team-uses')],
    ['a text is too long', 'length', 'Train', put('Train', 'Arguments.HyperParameters.long', 'x'.repeat(2501))],
    ['a list is empty', 'length', 'Train', put('Train', 'Arguments.InputDataConfig', [])],
    [
      'a number is out of range',
      'range',
      'Prepare',
      put('Prepare', 'Arguments.StoppingCondition.MaxRuntimeInSeconds', 0),
    ],
    [
      'a number became a string',
      'wrong-type',
      'Prepare',
      put('Prepare', 'Arguments.StoppingCondition.MaxRuntimeInSeconds', '9'),
    ],
    ['a string became a number', 'wrong-type', 'Train', put('Train', 'Arguments.HyperParameters.margin', 0.1)],
    ['a list became an object', 'wrong-type', 'Prepare', put('Prepare', 'Arguments.ProcessingInputs', {})],
    ['an object became a text', 'wrong-type', 'Train', put('Train', 'Arguments.OutputDataConfig', 's3://b/model')],
    [
      'training has a debugger hook',
      'debugger-key',
      'Train',
      put('Train', 'Arguments.DebugHookConfig', { S3OutputPath: 's3://b/d' }),
    ],
    [
      'training has a profiler',
      'debugger-key',
      'Train',
      put('Train', 'Arguments.ProfilerConfig', { DisableProfiler: true }),
    ],
    [
      'a step that is not there is used',
      'unknown-step',
      'Evaluate',
      put('Evaluate', firstInput, get('Steps.Trian.ModelArtifacts.S3ModelArtifacts')),
    ],
    ['an output that is not there is used', 'unknown-output', 'Train', put('Train', channel, named('trian'))],
    [
      'a property that is not there is used',
      'unknown-property',
      'Evaluate',
      put('Evaluate', firstInput, get('Steps.Train.ModelArtifacts.S3Model')),
    ],
    [
      'a property of a Fail step is used',
      'unknown-property',
      'Train',
      put('Train', channel, get('Steps.Refuse.ErrorMessage')),
    ],
    [
      'a property file is misspelt',
      'unknown-property-file',
      'QualityGate',
      put('QualityGate', `${condition}.LeftValue.Std:JsonGet.PropertyFile.Get`, 'Steps.Evaluate.PropertyFiles.Rapport'),
    ],
    [
      'a property file lies in no output',
      'unknown-output',
      'Evaluate',
      put('Evaluate', 'PropertyFiles.0.OutputName', 'evaluations'),
    ],
    [
      'a property file is used as a value',
      'bad-expression',
      'QualityGate',
      put('QualityGate', `${condition}.LeftValue`, get('Steps.Evaluate.PropertyFiles.Report.f1')),
    ],
    [
      'JsonGet has the form of another builder',
      'bad-expression',
      'QualityGate',
      put('QualityGate', `${condition}.LeftValue`, other),
    ],
    [
      'JsonGet lost its path',
      'bad-expression',
      'QualityGate',
      drop('QualityGate', `${condition}.LeftValue.Std:JsonGet.Path`),
    ],
    [
      'Join lost its values',
      'bad-expression',
      'Refuse',
      put('Refuse', 'Arguments.ErrorMessage', { 'Std:Join': { On: ' ' } }),
    ],
    [
      'a function does not exist',
      'bad-expression',
      'Refuse',
      put('Refuse', 'Arguments.ErrorMessage', { 'Std:Concat': ['a', 'b'] }),
    ],
    ['a reference leads nowhere', 'bad-expression', 'Train', put('Train', channel, get('Step.Prepare.Outputs'))],
    ['a parameter is not declared', 'unknown-parameter', 'QualityGate', put('', 'Parameters', [])],
    [
      'a step uses itself',
      'cycle',
      'Train',
      put('Train', 'Arguments.HyperParameters.margin', get('Steps.Train.TrainingJobName')),
    ],
    ['a step waits for a Fail step', 'depends-on-fail', 'Register', put('Register', 'DependsOn', ['Refuse'])],
    ['a Fail step lost its message', 'missing-key', 'Refuse', put('Refuse', 'Arguments', {})],
    ['a Fail step is cached', 'unknown-key', 'Refuse', put('Refuse', 'CacheConfig', { Enabled: true })],
    ['a cache expires at no known time', 'bad-cache', 'Train', put('Train', 'CacheConfig.ExpireAfter', 'soon')],
  ],
  parameters: [
    [
      'a parameter is declared twice',
      'duplicate-name',
      undefined,
      add('', 'Parameters', { Name: 'Text', Type: 'String' }),
    ],
    ['a parameter has no known type', 'not-allowed', undefined, put('', 'Parameters.5.Type', 'Number')],
    ['a default has another type', 'bad-default', undefined, put('', 'Parameters.2.DefaultValue', 'three')],
    ['a default is not among the values', 'bad-default', undefined, put('', 'Parameters.1.DefaultValue', 'medium')],
    ['a default does not fit where it is used', 'range', 'Second', put('', 'Parameters.2.DefaultValue', 0)],
    [
      'an integer where a string is required',
      'number-as-string',
      'First',
      put('First', 'Arguments.Environment.SIZE', get('Parameters.Count')),
    ],
    [
      'a string where an integer is required',
      'reference-type',
      'Second',
      put('Second', `${cluster}.InstanceCount`, get('Parameters.Text')),
    ],
    [
      'an execution variable does not exist',
      'unknown-variable',
      'First',
      put('First', 'Arguments.Environment.SIZE', get('Execution.Id')),
    ],
    [
      '201 parameters',
      'too-many-parameters',
      undefined,
      add('', 'Parameters', ...many(195, (i) => ({ Name: `P${i}`, Type: 'String' }))),
    ],
  ],
  conditions: [
    [
      'an operator has the name of another builder',
      'bad-condition',
      'Equal',
      put('Equal', `${condition}.Type`, 'ConditionEquals'),
    ],
    ['a comparison lost a side', 'bad-condition', 'Less', drop('Less', `${condition}.RightValue`)],
    [
      'In has the members of the published schema',
      'bad-condition',
      'Member',
      put('Member', condition, { Type: 'In', Value: 'a', In: ['a'] }),
    ],
    ['Or has nothing to choose from', 'bad-condition', 'Either', put('Either', `${condition}.Conditions`, [])],
    ['the same step in both branches', 'step-in-both-branches', 'EqualYes', sameInBoth],
    ['a condition inside a branch', 'nested-condition', 'Less', nested],
    ['more than 50 steps', 'too-many-steps', undefined, copies],
  ],
  'one-sided': [
    [
      'a step uses a step inside a branch',
      'branch-reference',
      'After',
      put('After', 'Arguments.Environment.OUTCOME', get('Steps.Second.ProcessingJobName')),
    ],
    ['a step waits for a step inside a branch', 'branch-reference', 'After', put('After', 'DependsOn', ['First'])],
  ],
  'around-steps': [
    ['steps wait for each other', 'cycle', 'First', put('First', 'DependsOn', ['Third'])],
    ['DependsOn names a step that is not there', 'unknown-step', 'Last', put('Last', 'DependsOn', ['Thirt'])],
    ['an outcome is misspelt', 'not-allowed', 'Alarm', put('Alarm', 'DependsOn.0.Trigger', 'Fails')],
    ['a retry policy has two ends', 'bad-retry', 'First', put('First', 'RetryPolicies.0.ExpireAfterMin', 10)],
    [
      'an exception cannot be retried',
      'bad-retry',
      'First',
      put('First', 'RetryPolicies.0.ExceptionType', ['Step.BAD_LUCK']),
    ],
  ],
  function: [
    [
      'an output of a function is not declared',
      'unknown-output',
      'Choice',
      put('Choice', `${condition}.LeftValue`, get("Steps.Ask.OutputParameters['double']")),
    ],
    ['a Lambda step lost its function', 'missing-key', 'Ask', drop('Ask', 'FunctionArn')],
    ['an output is declared twice', 'duplicate-name', 'Ask', put('Ask', 'OutputParameters.1.OutputName', 'doubled')],
    ['an output has no known type', 'not-allowed', 'Ask', put('Ask', 'OutputParameters.0.OutputType', 'Number')],
  ],
  'quality-checks': [
    ['a check is of another step type', 'not-allowed', 'DataQuality', put('DataQuality', 'CheckType', 'DATA_BIAS')],
    [
      'a property of a check is misspelt',
      'unknown-property',
      'Register',
      put('Register', 'Arguments.ModelMetrics.ModelQuality.Statistics.S3Uri', get('Steps.ModelQuality.Statistics')),
    ],
    ['the baselines are gone', 'missing-baselines', 'Register', drop('Register', 'Arguments.DriftCheckBaselines')],
  ],
  endpoint: [['a model has no container', 'missing-key', 'Model', drop('Model', 'Arguments.PrimaryContainer')]],
  tuning: [
    ['a version belongs to no group', 'missing-key', 'Register', drop('Register', 'Arguments.ModelPackageGroupName')],
  ],
  emr: [['a job has two clusters', 'not-allowed', 'OnCluster', put('OnCluster', 'Arguments.ClusterConfig', {})]],
};
