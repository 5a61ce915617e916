import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { root, testApp } from '../support/app';

/** What synth prints about use cases with A/B tests, shadows and a serverless stage. */
function printed(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'mooring-nag-'));
  const lines: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  const error = jest.spyOn(console, 'error').mockImplementation((text) => void lines.push(String(text)));
  const { exitCode } = process;
  process.env.CDK_VALIDATION = 'false';
  try {
    const app = testApp(loadUseCases(join(root, 'test/support/trials')), outdir);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    app.synth();
  } finally {
    write.mockRestore();
    error.mockRestore();
    process.exitCode = exitCode;
    delete process.env.CDK_VALIDATION;
    rmSync(outdir, { recursive: true });
  }
  return lines.join('\n');
}

describe('stacks of use cases with trials and a serverless stage', () => {
  let found: string;
  beforeAll(() => (found = printed()));

  test('have no finding without a written reason', () => {
    expect(found.split('\n').filter((each) => each.includes('AwsSolutions'))).toEqual([]);
  });

  test('say that a serverless endpoint captures nothing, and who does', () => {
    expect(found).toContain(
      'The production endpoint of vapour is serverless: new versions take over at once, without canary and alarms; the endpoint captures nothing: requests through the front door are captured there',
    );
  });
});
