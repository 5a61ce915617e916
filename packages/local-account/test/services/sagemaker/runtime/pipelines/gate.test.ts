import { Laptop } from '../../../../support/laptop';

const compare = (name: string, left: number, more: object = {}): object => ({
  Name: name,
  Type: 'Condition',
  Arguments: {
    Conditions: [{ Type: 'LessThanOrEqualTo', LeftValue: left, RightValue: { Get: 'Parameters.Max' } }],
    IfSteps: [],
    ElseSteps: [{ Name: `${name}Failure`, Type: 'Fail', Arguments: { ErrorMessage: `${name}: ${left} is too much` } }],
  },
  ...more,
});

describe('a step that waits for a gate', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await Laptop.start();
    await laptop.pipeline('gated', steps, parameters);
  });
  afterAll(() => laptop.stop());
  const parameters = [{ Name: 'Max', Type: 'Float', DefaultValue: 0.5 }];
  const steps = [compare('Gate', 0.4), compare('Next', 0.1, { DependsOn: ['Gate'] })];

  test('starts when the gate lets it', async () => {
    const execution = await laptop.run('gated');
    expect(execution.PipelineExecutionStatus).toBe('Succeeded');
    expect(Object.keys(execution.steps).sort()).toEqual(['Gate', 'Next']);
  });

  test('never starts when the gate ends in a Fail step, although the gate itself succeeded', async () => {
    const execution = await laptop.run('gated', { Max: '0.2' });
    expect(execution.PipelineExecutionStatus).toBe('Failed');
    expect(Object.keys(execution.steps).sort()).toEqual(['Gate', 'GateFailure']);
    expect(execution.FailureReason).toContain('Gate: 0.4 is too much');
  });
});
