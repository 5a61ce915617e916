import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkDefinition } from '@mooring/pipeline-language/check';
import { root, testUseCases } from '../../support/app';
import { engineDiff } from '../../support/engine-diff';
import { nativeUseCase } from '../../support/native-use-case';
import { definition, loans, resources, synthTemplates } from '../../support/templates';

const open = synthTemplates(testUseCases().filter((each) => each.useCase.name === 'loans'));
const native = synthTemplates([nativeUseCase()]);
afterAll(() => [open, native].forEach(({ outdir }) => rmSync(outdir, { recursive: true })));
const templates = ({ template }: typeof open) => ({
  training: template(loans.training),
  monitoring: template(loans.monitoring),
});

interface Step {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}
const { Steps: steps, Parameters: parameters } = definition(native.template(loans.training));
const step = (name: string): Step => {
  const found = (steps as unknown as Step[]).find((each) => each.Name === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
};

describe('the pipeline of a use case with engine: model-monitor', () => {
  test('is accepted by the checker, with drift baselines demanded', () => {
    expect(checkDefinition(definition(native.template(loans.training)), { monitoring: true })).toEqual([]);
  });

  test('checks data and model with the types of Model Monitor and Clarify, as the parameters say', () => {
    const types = ['DataQuality', 'ModelQuality', 'DataBias', 'ModelBias', 'Explain'].map((name) => {
      const { Type, CheckType, SkipCheck, RegisterNewBaseline, ModelPackageGroupName } = step(name);
      expect([SkipCheck, RegisterNewBaseline, ModelPackageGroupName]).toEqual([
        { Get: 'Parameters.SkipCheck' },
        { Get: 'Parameters.RegisterNewBaseline' },
        'loans-models',
      ]);
      return `${Type} ${String(CheckType)}`;
    });
    expect(types).toEqual([
      'QualityCheck DATA_QUALITY',
      'QualityCheck MODEL_QUALITY',
      'ClarifyCheck DATA_BIAS',
      'ClarifyCheck MODEL_BIAS',
      'ClarifyCheck MODEL_EXPLAINABILITY',
    ]);
    const flags = parameters.filter((each) => ['SkipCheck', 'RegisterNewBaseline'].includes(each.Name));
    expect(flags.map((each) => [each.Type, each['DefaultValue']])).toEqual([
      ['Boolean', true],
      ['Boolean', true],
    ]);
  });

  test('still reads its fairness gates, from a step that picks the number out of the report', () => {
    const gate = step('DataBiasGate');
    expect(JSON.stringify(gate.Arguments['ProcessingInputs'])).toContain(
      'Steps.DataBias.CalculatedBaselineConstraints',
    );
    expect(JSON.stringify(step('FairnessGate').Arguments['Conditions'])).toContain(
      'Steps.DataBiasGate.PropertyFiles.Gate',
    );
    expect(JSON.stringify(step('QualityGate').Arguments['Conditions'])).toContain(
      'Steps.ModelBiasGate.PropertyFiles.Gate',
    );
  });

  test('registers what the checks calculated, and what they say later windows are compared with', () => {
    const [register] = step('QualityGate').Arguments['IfSteps'] as Step[];
    expect(register?.Arguments['DriftCheckBaselines']).toMatchObject({
      ModelDataQuality: { Statistics: { S3Uri: { Get: 'Steps.DataQuality.BaselineUsedForDriftCheckStatistics' } } },
      Bias: { PostTrainingConstraints: { S3Uri: { Get: 'Steps.ModelBias.BaselineUsedForDriftCheckConstraints' } } },
      Explainability: { Constraints: { S3Uri: { Get: 'Steps.Explain.BaselineUsedForDriftCheckConstraints' } } },
    });
    expect(register?.Arguments['ModelMetrics']).toMatchObject({
      Explainability: { Report: { S3Uri: { Get: 'Steps.Explain.CalculatedBaselineConstraints' } } },
    });
  });

  test('lets a job reach the network only where Clarify has to ask the model', () => {
    const open_ = (steps as unknown as Step[]).filter(
      ({ Arguments: { NetworkConfig } }) =>
        (NetworkConfig as { readonly EnableNetworkIsolation?: boolean } | undefined)?.EnableNetworkIsolation === false,
    );
    expect(open_.map((each) => each.Name)).toEqual(['ModelBias', 'Explain']);
  });

  test('may ask models behind endpoints of its own, and no other', () => {
    const policies = JSON.stringify(resources(native.template(loans.training), 'AWS::IAM::Policy'));
    expect(policies).toContain('endpoint/sm-clarify-*');
    expect(policies).not.toContain('endpoint/*');
    expect(JSON.stringify(resources(open.template(loans.training), 'AWS::IAM::Policy'))).not.toContain(
      'CreateEndpoint',
    );
  });

  test('differs from the open one by what docs/engines.md shows', () => {
    const [, shown] = /```diff\n([\s\S]*?)\n```/.exec(readFileSync(join(root, 'docs/engines.md'), 'utf8')) ?? [];
    expect(shown).toBe(engineDiff(templates(open), templates(native)));
  });
});
