import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { allow } from '../../lib/config/grants';
import { testApp, testUseCases, wideUseCase } from '../support/app';
import { nativeUseCase } from '../support/native-use-case';
import { sparkUseCase } from '../support/spark-use-case';

/** Synthesizes with the rule pack and returns what it printed about violations. */
function findings(app: App): string {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const printed: string[] = [];
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const log = jest.spyOn(console, 'error').mockImplementation((text) => void printed.push(String(text)));
  const before = process.exitCode;
  // The template validator is a check of its own (npm run lint) and costs more than the rule pack.
  const validation = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = 'false';
  try {
    app.synth();
  } catch (error) {
    printed.push(error instanceof Error ? error.message : String(error));
  } finally {
    spy.mockRestore();
    log.mockRestore();
    // A failed validation marks the process; here it is what a test looks at.
    process.exitCode = before;
    if (validation === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = validation;
  }
  return printed.filter((line) => line.includes('AwsSolutions')).join('\n');
}

describe('all stacks of two use cases', () => {
  let outdir: string;
  beforeEach(() => (outdir = mkdtempSync(join(tmpdir(), 'mooring-nag-'))));
  afterEach(() => rmSync(outdir, { recursive: true }));

  test('have no finding of the AwsSolutions pack without a written reason', () => {
    expect(findings(testApp(undefined, outdir))).toBe('');
  });

  test('nor has one that tells chats', () => {
    const [loans] = testUseCases();
    if (loans === undefined) throw new Error('there is no use case');
    const notifications = {
      ...loans.useCase.notifications,
      chats: [{ type: 'slack', parameter: '/mooring/chats/risk' } as const],
    };
    expect(findings(testApp([{ ...loans, useCase: { ...loans.useCase, notifications } }], outdir))).toBe('');
  });

  test('nor has one whose pipeline definition goes to S3', () => {
    expect(findings(testApp(wideUseCase(), outdir))).toBe('');
  });

  test('nor has one with engine model-monitor', () => {
    expect(findings(testApp([nativeUseCase()], outdir))).toBe('');
  });

  test('nor has one whose deployment builds an image', () => {
    expect(findings(testApp([sparkUseCase()], outdir))).toBe('');
  });

  test('would be found out: the same pack objects to a stack that breaks its rules', () => {
    const app = new App({ outdir, analyticsReporting: false });
    const stack = new Stack(app, 'Canary');
    new s3.Bucket(stack, 'Open');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    const found = findings(app);
    expect(found).toContain('AwsSolutions-S1');
    expect(found).toContain('AwsSolutions-IAM5[Action::s3:*]');
    expect(found).toContain('AwsSolutions-IAM5[Resource::*]');
  });
});

describe('a grant', () => {
  const role = (): iam.Role =>
    new iam.Role(new Stack(), 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

  test('with a wildcard in an action is refused', () => {
    expect(() => allow(role(), 'Read', ['s3:Get*'], ['arn:aws:s3:::bucket'])).toThrow(
      'Default/Role: Read allows s3:Get*; name the actions',
    );
  });

  test('with a wildcard in a resource is refused without a reason', () => {
    expect(() => allow(role(), 'Read', ['s3:GetObject'], ['*'])).toThrow('Default/Role: Read needs a reason');
    expect(() => allow(role(), 'Read', ['s3:GetObject'], ['*'], { because: 'of a test' })).not.toThrow();
  });
});
