import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { sparkUseCase } from '../../support/spark-use-case';
import { testReleaseApp, threeAccounts } from '../../support/release-app';
import type { ReleaseConfig } from '../../../lib/release/release-config';

function findings(environments?: ReleaseConfig['environments'], useCases?: readonly LoadedUseCase[]): string {
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-release-nag-'));
  const app = testReleaseApp(outdir, environments, useCases);
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
    process.exitCode = before;
    if (validation === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = validation;
    rmSync(outdir, { recursive: true });
  }
  return printed.filter((line) => line.includes('AwsSolutions')).join('\n');
}

describe('the release pipeline with both stages', () => {
  test('has no finding of the AwsSolutions pack without a written reason, in one account', () => {
    expect(findings()).toBe('');
  });

  test('has none when it builds an image', () => {
    expect(findings(undefined, [sparkUseCase()])).toBe('');
  });

  test('has none with three accounts', () => {
    expect(findings(threeAccounts)).toBe('');
  });
});
