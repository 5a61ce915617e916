import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@mooring/use-case/errors';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { testApp } from '../support/app';

const yaml = `
name: churn
title: Customers who leave
purpose: Shows that a YAML file is all that a use case needs.
task: binary
dataset:
  columns:
    - { name: months, type: integer }
    - { name: plan, type: category }
    - { name: left, type: category }
  label: left
  positive: 'yes'
gates:
  quality: { metric: f1, bound: 0.6 }
monitoring:
  features: [{ name: months }]
`;

describe('a folder with nothing but use-case.yaml', () => {
  let folder: string;
  beforeEach(() => {
    process.env['CDK_VALIDATION'] = 'false';
    folder = mkdtempSync(join(tmpdir(), 'mooring-change-point-'));
    mkdirSync(join(folder, 'defs/churn'), { recursive: true });
    writeFileSync(join(folder, 'defs/churn/use-case.yaml'), yaml);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('becomes stacks for training, serving, monitoring and retraining', () => {
    const outdir = join(folder, 'cdk.out');
    testApp(loadUseCases(join(folder, 'defs')), outdir).synth();
    const templates = readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
    expect(templates).toEqual(
      expect.arrayContaining(
        ['Training', 'Serving', 'Monitoring', 'Retraining'].map((each) => `Mooring-Churn-${each}.template.json`),
      ),
    );
  });

  test('may bring a pipeline of its own, which is checked before it is synthesized', () => {
    writeFileSync(
      join(folder, 'defs/churn/pipeline.ts'),
      `const { Pipeline, FailStep, StringParameter } = require('${join(__dirname, '../../packages/pipeline-language/src')}');
       exports.pipeline = ({ place }) => new Pipeline({ name: place.pipelineName, parameters: [new StringParameter('A'), new StringParameter('A')], steps: [new FailStep('Stop', { message: 'never' })] });`,
    );
    const synth = (): unknown => testApp(loadUseCases(join(folder, 'defs')), join(folder, 'cdk.out'));
    expect(synth).toThrow(UserError);
    expect(synth).toThrow(/the pipeline of churn would be refused:\n {2}- .*A/);
  });

  test('is reported when its pipeline.ts exports nothing that makes a pipeline', () => {
    writeFileSync(join(folder, 'defs/churn/pipeline.ts'), 'exports.nothing = 1;');
    expect(() => testApp(loadUseCases(join(folder, 'defs')), join(folder, 'cdk.out'))).toThrow(
      /pipeline\.ts must export a function 'pipeline'/,
    );
  });
});
