import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedUseCase } from '@mooring/use-case/load-use-case';
import { ReleaseApp } from '../../lib/release/release-app';
import type { ReleaseConfig } from '../../lib/release/release-config';
import { root, testUseCases } from './app';

export const threeAccounts: ReleaseConfig['environments'] = {
  tooling: { account: '111111111111', region: 'eu-central-1' },
  staging: { account: '222222222222', region: 'eu-central-1' },
  production: { account: '333333333333', region: 'eu-central-1' },
};

/** The release pipeline of the test use cases, as `cdk synth -c release=release.yaml` builds it. */
export function testReleaseApp(
  outdir: string,
  environments?: ReleaseConfig['environments'],
  useCases: readonly LoadedUseCase[] = testUseCases(),
): ReleaseApp {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const repository = { provider: 'GitHub' as const, name: 'acme/mooring', branch: 'main' };
  return new ReleaseApp({
    root,
    useCases,
    source: { commit: 'c0ffee', tag: 'release-loans-v1.0' },
    config: { repository, ...(environments === undefined ? {} : { environments }) },
    context,
    outdir,
    analyticsReporting: false,
  });
}
