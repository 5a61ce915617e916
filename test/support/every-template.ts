import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type LoadedUseCase, loadUseCases } from '@mooring/use-case/load-use-case';
import { type UseCase, useCaseSchema } from '@mooring/use-case/use-case';
import { root, testApp, testUseCases, wideUseCase } from './app';
import { nativeUseCase } from './native-use-case';
import { testReleaseApp, threeAccounts } from './release-app';
import { sparkUseCase } from './spark-use-case';

/** A synthesized template with the name of its file. */
export interface NamedTemplate {
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Use cases that together have every part that a template can have: engines, varieties of serving, trials, staging, chats. */
export function everyUseCase(): LoadedUseCase[] {
  const loans = testUseCases().find((each) => each.useCase.name === 'loans');
  if (loans === undefined) throw new Error('the test use case loans is gone');
  const { stages, monitoring } = loans.useCase;
  const renamed = (name: string, [loaded]: readonly LoadedUseCase[]): LoadedUseCase => {
    if (loaded === undefined) throw new Error(`there is no use case for ${name}`);
    return { ...loaded, useCase: { ...loaded.useCase, name } };
  };
  const variant = (name: string, more: Readonly<Record<string, unknown>>): LoadedUseCase => ({
    ...loans,
    useCase: useCaseSchema.parse({ ...loans.useCase, ...more, name }) as UseCase,
  });
  const production = { ...stages.production, instance: 'ml.m5.large' };
  return [
    ...testUseCases(),
    ...loadUseCases(join(root, 'test/support/trials')),
    renamed('native', [nativeUseCase()]),
    renamed('spark', [sparkUseCase()]),
    renamed('wide', wideUseCase()),
    variant('scaled', {
      stages: { production: { ...production, autoscaling: { min: 2, max: 4, invocations_per_instance: 100 } } },
    }),
    variant('everything', {
      stages: { ...stages, staging: { ...stages.production } },
      monitoring: {
        ...monitoring,
        quality: { every: '1d', window: '2d', metric: 'auc', bound: 0.7 },
        bias: { every: '1d', metric: 'DPPL', max: 0.2 },
        explanations: { every: '1d', min_ndcg: 0.9 },
      },
      labels: { max_lag: '2d' },
      dataset: { ...loans.useCase.dataset, location: 's3://elsewhere/loans' },
      notifications: { chats: [{ type: 'slack', parameter: '/mooring/chats/risk' }] },
    }),
  ];
}

/** Templates of the application with {@link everyUseCase}, and of a release within one account. They do not know their region. */
export function everyTemplate(): readonly NamedTemplate[] {
  return synthesized((folder) => {
    testApp(everyUseCase(), join(folder, 'app')).synth();
    testReleaseApp(join(folder, 'release')).synth();
  });
}

/** Templates of a release through three accounts in one region. */
export function accountTemplates(region: string): readonly NamedTemplate[] {
  const accounts = Object.entries(threeAccounts ?? {}).map(([name, env]) => [name, { ...env, region }]);
  return synthesized((folder) => testReleaseApp(folder, Object.fromEntries(accounts) as typeof threeAccounts).synth());
}

function synthesized(synth: (folder: string) => void): NamedTemplate[] {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-every-'));
  // The template validator is a check of its own in CI; here it would double the time. Annotations are other tests' business.
  process.env['CDK_VALIDATION'] = 'false';
  const silent = jest.spyOn(console, 'error').mockImplementation();
  try {
    synth(folder);
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.template.json'))
      .sort()
      .map((file) => ({
        name: basename(file, '.template.json'),
        json: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>,
      }));
  } finally {
    silent.mockRestore();
    rmSync(folder, { recursive: true });
  }
}
