import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedUseCase, loadUseCases } from '@mooring/use-case/load-use-case';
import { MooringApp } from '../../lib/mooring-app';

/** The checkout. */
export const root = join(__dirname, '../..');

/** Use cases that exist for tests only: `loans` has every section, `prices` has the least. */
export function testUseCases(): LoadedUseCase[] {
  return loadUseCases(join(__dirname, 'use-cases'));
}

/** A use case whose pipeline definition is too large for a request. */
export function wideUseCase(): LoadedUseCase[] {
  return loadUseCases(join(__dirname, 'wide-use-case'));
}

/** The application as `cdk synth` builds it, with the feature flags of cdk.json. */
export function testApp(useCases: readonly LoadedUseCase[] = testUseCases(), outdir?: string): MooringApp {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  return new MooringApp({ root, useCases, context, outdir, analyticsReporting: false });
}
