import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackNames } from '../../contracts/names';
import { root, testApp, testUseCases } from '../support/app';

const linter = join(root, '.venvs/clients/bin/cfn-lint');
const testWithLinter = existsSync(linter) ? test : test.skip;
if (!existsSync(linter)) console.warn('skipped: cfn-lint is not installed (.venvs/clients)');

describe('a monitoring stack with all monitors', () => {
  testWithLinter.each(['model-monitor', 'open'] as const)(
    'and engine %s is valid to cfn-lint, which knows the resource types of CloudFormation',
    (engine) => {
      const [loans] = testUseCases();
      if (loans === undefined) throw new Error('the test use case loans is gone');
      const monitoring = {
        ...loans.useCase.monitoring,
        engine,
        quality: { every: '1d', window: '2d', metric: 'auc', bound: 0.7 } as const,
        bias: { every: '1d', metric: 'DPPL', max: 0.2 } as const,
        explanations: { every: '1d', min_ndcg: 0.9 } as const,
      };
      const labels = { every: '1d', expected_within: '1d', min_coverage: 0.5, max_lag: '2d' };
      const outdir = mkdtempSync(join(tmpdir(), 'mooring-native-'));
      try {
        testApp([{ ...loans, useCase: { ...loans.useCase, monitoring, labels } }], outdir).synth();
        const template = join(outdir, `${stackNames.monitoring('loans')}.template.json`);
        // Warnings about what the CDK writes (mappings, dependencies it repeats) are not about us.
        const { stdout, status } = spawnSync(
          linter,
          ['--non-zero-exit-code', 'error', '--region', 'us-east-1', '--', template],
          {
            encoding: 'utf8',
          },
        );
        expect(stdout.split('\n').filter((line) => /^E\d/.test(line))).toEqual([]);
        expect(status).toBe(0);
      } finally {
        rmSync(outdir, { recursive: true });
      }
    },
    240_000,
  );
});
