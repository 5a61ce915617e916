import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { stackNames, type StageName } from '../../../contracts/names';
import { testApp } from '../../support/app';
import { properties } from '../../support/templates';

const outdir = mkdtempSync(join(tmpdir(), 'mooring-stages-'));
const [duo] = loadUseCases(join(__dirname, '../../support/deployed/use-cases')).filter(
  (each) => each.useCase.name === 'duo',
);
if (duo === undefined) throw new Error('there is no use case duo');

beforeAll(() => {
  process.env['CDK_VALIDATION'] = 'false';
  const { staging, production } = duo.useCase.stages;
  const automatic = { ...duo.useCase, name: 'auto', stages: {} as typeof duo.useCase.stages };
  automatic.stages = {
    staging: { ...staging, approval: 'auto', tests: undefined } as NonNullable<typeof staging>,
    production: { ...production, approval: 'auto' },
  };
  testApp([duo, { ...duo, useCase: automatic }], outdir).synth();
});

function serving(useCase: string, stage: StageName): Template {
  const file = join(outdir, `${stackNames.serving(useCase, stage)}.template.json`);
  return Template.fromJSON(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
}

const detailOf = (useCase: string, stage: StageName, rule: string): unknown =>
  (
    properties(serving(useCase, stage), 'AWS::Events::Rule').find((each) => each['Name'] === rule)?.['EventPattern'] as
      { readonly detail: unknown } | undefined
  )?.detail;

const ruleNames = (useCase: string, stage: StageName): unknown[] =>
  properties(serving(useCase, stage), 'AWS::Events::Rule')
    .map((each) => each['Name'])
    .sort();

const settingsOf = (useCase: string, stage: StageName): Record<string, unknown> => {
  const [deploy] = properties(serving(useCase, stage), 'AWS::Lambda::Function');
  const { Variables } = deploy?.['Environment'] as { readonly Variables: Readonly<Record<string, string>> };
  return JSON.parse(Variables['MOORING_SETTINGS'] ?? '{}') as Record<string, unknown>;
};

describe('staging and production by hand', () => {
  test('staging follows the registry, production the life cycle only', () => {
    expect(ruleNames('duo', 'staging')).toEqual([
      'duo-staging-approved',
      'duo-staging-endpoint-state',
      'duo-staging-rollback-request',
    ]);
    expect(ruleNames('duo', 'production')).toEqual([
      'duo-endpoint-state',
      'duo-life-cycle-approved',
      'duo-rollback-request',
    ]);
    expect(detailOf('duo', 'production', 'duo-life-cycle-approved')).toEqual({
      ModelPackageGroupName: ['duo-models'],
      UpdatedModelPackageFields: ['ModelLifeCycle'],
      ModelLifeCycle: { Stage: ['Production'], StageStatus: ['Approved'] },
    });
  });

  test('each stage has its own instances, and production knows that it asks for tests', () => {
    expect(settingsOf('duo', 'staging')).toMatchObject({
      stage: { instance: 'ml.t3.medium', count: 1 },
      promotes: false,
    });
    expect(settingsOf('duo', 'production')).toMatchObject({
      stage: { instance: 'ml.m5.large', count: 2 },
      approvals: 'life-cycle',
      tested: true,
    });
  });

  test('a rollback is for one stage of one use case', () => {
    expect(detailOf('duo', 'staging', 'duo-staging-rollback-request')).toEqual({
      useCase: ['duo'],
      stage: ['staging'],
    });
  });
});

describe('stages that ask for nobody', () => {
  test('staging takes every registered version, and approves for production what serves well', () => {
    expect(ruleNames('auto', 'staging')).toContain('auto-staging-registered');
    expect(ruleNames('auto', 'staging')).not.toContain('auto-staging-approved');
    expect(detailOf('auto', 'staging', 'auto-staging-registered')).toEqual({
      ModelPackageGroupName: ['auto-models'],
      UpdatedModelPackageFields: [{ exists: false }],
    });
    expect(settingsOf('auto', 'staging')).toMatchObject({ promotes: true });
    expect(settingsOf('auto', 'production')).toMatchObject({ promotes: false, approvals: 'life-cycle', tested: false });
  });
});
