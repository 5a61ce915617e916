import {
  ConditionStep,
  type Expression,
  FailStep,
  FloatParameter,
  IntegerParameter,
  Pipeline,
  PipelineError,
  ProcessingStep,
  StringParameter,
  TrainingStep,
  equals,
  execution,
  findReferences,
  join,
  parseReference,
  scriptJob,
  trainingJob,
} from '../src';
import { fiftySteps } from './fifty-steps';
import { TWINS } from './twins';
import { note } from './twins/parts';

const job = {
  role: 'arn:aws:iam::111122223333:role/pipeline',
  image: 'image:1',
  instance: 'ml.m5.large',
  code: 's3://b/c',
} as const;

describe('two pipelines that are written in another order', () => {
  const build = (environment: Record<string, string>): string =>
    new Pipeline({ name: 'p', steps: [note('A', { env: environment })] }).toJson();

  test('are the same bytes', () => {
    expect(build({ a: '1', b: '2' })).toBe(build({ b: '2', a: '1' }));
    expect(TWINS['quality-gate']?.('x').toJson()).toBe(TWINS['quality-gate']?.('x').toJson());
  });

  test('start with what identifies them', () => {
    expect(build({})).toMatch(
      /^\{"Version":"2020-12-01","Metadata":\{\},"Parameters":\[\],.*"Steps":\[\{"Name":"A","Type":"Processing","Arguments":/,
    );
  });
});

describe('a value that JSON cannot carry', () => {
  test.each([
    ['a date', new Date(0), 'a Date'],
    ['a number that is none', Number.NaN, 'NaN'],
    ['a function', () => 'x', 'of type function'],
  ])('%s is refused with its path', (_what, value, shown) => {
    const pipeline = new Pipeline({ name: 'p', steps: [note('A', { env: { WHEN: value as unknown as string } })] });
    expect(() => pipeline.toJson()).toThrow(`$.Steps[0].Arguments.Environment.WHEN is ${shown}`);
  });

  test('an expression inside a text is refused where it is written', () => {
    const bucket = new StringParameter('Bucket');
    expect(() => `s3://${bucket as unknown as string}/x`).toThrow('is used as text: use join');
  });
});

describe('a pipeline with mistakes', () => {
  const evaluate = new ProcessingStep('Evaluate', {
    arguments: scriptJob({ ...job, script: 'e.py', outputs: { out: 's3://b/o' } }),
  });
  const train = new TrainingStep('Train', {
    arguments: trainingJob({
      ...job,
      channels: { train: evaluate.property('Outputs') as Expression<string> },
      output: 's3://b/m',
    }),
    dependsOn: ['Nobody'],
  });
  const pipeline = new Pipeline({ name: 'a pipeline', steps: [evaluate, train], defaults: { Unknown: 1 } });

  test('throws all of them at once, as a table', () => {
    expect(() => pipeline.toDefinition()).toThrow(PipelineError);
    const codes = pipeline.check().map((problem) => problem.code);
    expect(codes.sort()).toEqual(['bad-name', 'unknown-parameter', 'unknown-property', 'unknown-step']);
    expect(() => pipeline.toJson()).toThrow(/4 problems$/);
  });

  test('can still be looked at', () => {
    expect(pipeline.render().Steps).toHaveLength(2);
    expect(pipeline.graph().before('Train')).toEqual(['Nobody', 'Evaluate']);
  });
});

describe('a step without the property file that is asked for', () => {
  const several = new ProcessingStep('Judge', {
    arguments: scriptJob({ ...job, script: 'e.py', outputs: { out: 's3://b/o' } }),
    propertyFiles: { One: { output: 'out', path: 'one.json' }, Two: { output: 'out', path: 'two.json' } },
  });

  test('names the ones that it has', () => {
    expect(() => several.report).toThrow('step Judge has no single report: use file(name), it has One, Two');
    expect(() => several.file('Three' as 'One')).toThrow('step Judge has no property file Three: it has One, Two');
    expect(several.file('Two').at('a.b').toExpression()).toEqual({
      'Std:JsonGet': { PropertyFile: { Get: 'Steps.Judge.PropertyFiles.Two' }, Path: 'a.b' },
    });
  });
});

describe('parameters with defaults from a use case', () => {
  const least = new FloatParameter('MinF1', { default: 0.5 });
  const rounds = new IntegerParameter('Rounds');
  const pipeline = (defaults: Record<string, number | string>): Pipeline =>
    new Pipeline({
      name: 'p',
      parameters: [least, rounds],
      defaults,
      steps: [new FailStep('F', { message: least.asString() })],
    });

  test('take the place of those that are declared', () => {
    expect(pipeline({ MinF1: 0.7, Rounds: 9 }).toDefinition().Parameters).toEqual([
      { Name: 'MinF1', Type: 'Float', DefaultValue: 0.7 },
      { Name: 'Rounds', Type: 'Integer', DefaultValue: 9 },
    ]);
  });

  test('must have the type of the parameter', () => {
    expect(
      pipeline({ Rounds: 1.5 })
        .check()
        .map((problem) => problem.code),
    ).toEqual(['bad-default']);
  });
});

describe('the graph', () => {
  const graph = TWINS['quality-gate']?.('x').graph();

  test('follows references, and shows branches under their condition', () => {
    expect(graph?.toText().split('\n')).toEqual([
      'Prepare         Processing',
      'Train           Training       <- Prepare',
      'Evaluate        Processing     <- Train, Prepare',
      'QualityGate     Condition      <- Evaluate',
      '  if: Register  RegisterModel  <- Train',
      '  else: Refuse  Fail           <- Evaluate',
    ]);
  });

  test('is drawn for Graphviz and Mermaid with the sides of the branch', () => {
    expect(graph?.toDot()).toContain('"QualityGate" -> "Register" [label="if"];');
    expect(graph?.toDot()).toContain('"Refuse" [shape=octagon, label="Refuse\\nFail"];');
    expect(graph?.toMermaid()).toMatch(/^flowchart TD\n {2}s0\[Prepare\]/);
    expect(graph?.toMermaid()).toContain('s3 -->|else| s5');
  });

  test('shows what only waits as a dashed line', () => {
    const waiting = TWINS['around-steps']?.('x').graph();
    expect(waiting?.toDot()).toContain('"First" -> "Second" [style=dashed];');
    expect(waiting?.toMermaid()).toContain('s0 -.-> s1');
  });

  test('has an order in which every step follows what it waits for', () => {
    const order = graph?.order() ?? [];
    for (const { from, to } of graph?.edges ?? []) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
  });

  test('of a cycle has its route', () => {
    const [a, b] = [note('A', {}, { dependsOn: ['B'] }), note('B', {}, { dependsOn: ['A'] })];
    const found = new Pipeline({ name: 'p', steps: [a, b] }).check();
    expect(found.map((problem) => problem.message)).toEqual(['steps wait for each other: A -> B -> A']);
  });
});

describe('references in a definition', () => {
  test.each([
    ['Parameters.P', { kind: 'parameter', name: 'P' }],
    ['Execution.PipelineName', { kind: 'execution', name: 'PipelineName' }],
    ["Steps.A.Outputs['x'].Uri", { kind: 'step', step: 'A', property: "Outputs['x'].Uri" }],
    ['Steps.A', { kind: 'step', step: 'A', property: '' }],
    ['PipelineExperimentConfig.TrialName', { kind: 'experiment', name: 'TrialName' }],
    ['Somewhere', { kind: 'unknown', text: 'Somewhere' }],
  ])('%s is understood', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  test('are found inside functions, with the place where they stand', () => {
    const value = join('/', [execution.id, join('', [new IntegerParameter('N')])]).toExpression();
    expect(findReferences({ a: value }, 'x').map(({ path, within }) => [path, within])).toEqual([
      ['x.a.Std:Join.Values[0]', 'Std:Join'],
      ['x.a.Std:Join.Values[1].Std:Join.Values[0]', 'Std:Join'],
    ]);
  });
});

describe('running some steps again', () => {
  const pipeline = TWINS['quality-gate']?.('x');

  test('names them, and the execution that the others are taken from', () => {
    expect(pipeline?.selectiveExecution({ steps: ['Train', 'Register'], source: 'arn' })).toEqual({
      SelectedSteps: [{ StepName: 'Train' }, { StepName: 'Register' }],
      SourcePipelineExecutionArn: 'arn',
    });
  });

  test('finds a misspelt step before SageMaker does', () => {
    expect(() => pipeline?.selectiveExecution({ steps: ['Trian'] })).toThrow(
      'selected step Trian is unknown: the pipeline has Prepare, Train',
    );
    expect(() => pipeline?.selectiveExecution({ steps: [] })).toThrow(
      '0 steps are selected: between 1 and 50 are allowed',
    );
  });
});

describe('options that are not part of the definition', () => {
  const pipeline = new Pipeline({ name: 'p', steps: [note('A')], maxParallelSteps: 4, experiment: null });

  test('are there for CreatePipeline', () => {
    expect(pipeline.parallelism).toEqual({ MaxParallelExecutionSteps: 4 });
    expect(JSON.stringify(pipeline.toDefinition())).not.toContain('MaxParallel');
  });

  test('leave no experiment when there is to be none', () => {
    expect(pipeline.toDefinition().PipelineExperimentConfig).toBeNull();
  });
});

describe('a Condition step', () => {
  test('has an outcome that steps outside its branches can use', () => {
    const gate = new ConditionStep('Gate', {
      conditions: [equals(execution.pipelineName, 'p')],
      ifSteps: [note('In')],
    });
    expect(
      new Pipeline({ name: 'p', steps: [gate, note('Out', { env: { OUTCOME: gate.properties.Outcome } })] }).check(),
    ).toEqual([]);
  });
});

describe('a pipeline of fifty steps', () => {
  test('is built and checked in less than 50 ms of processor time', () => {
    const milliseconds = Array.from({ length: 8 }, () => {
      const before = process.cpuUsage();
      expect(fiftySteps().toDefinition().Steps).toHaveLength(40);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...milliseconds)).toBeLessThan(50);
    expect(fiftySteps().graph().nodes).toHaveLength(50);
  });
});
