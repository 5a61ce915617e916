/**
 * CDK entry: loads the use cases and builds their stacks. `-c useCases=a,b` narrows it; `-c release=release.yaml` builds the
 * release pipeline instead, with its stages inside.
 */
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { UserError } from '@mooring/use-case/errors';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { loadOrganization, ofOrganization } from '../contracts/organization';
import { readSourceVersion } from '../lib/config/source-version';
import { MooringApp } from '../lib/mooring-app';
import { ReleaseApp } from '../lib/release/release-app';
import { loadReleaseConfig } from '../lib/release/release-config';

const root = join(__dirname, '..');

try {
  const organization = loadOrganization(root);
  const useCases = loadUseCases(join(root, 'pipeline-defs'), chosenUseCases()).map((each) =>
    ofOrganization(organization, each),
  );
  const release = context('release');
  const source = readSourceVersion(root, process.env);
  if (release === undefined) new MooringApp({ root, useCases, source, organization }).synth();
  else new ReleaseApp({ root, useCases, source, config: loadReleaseConfig(resolve(root, release)) }).synth();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function chosenUseCases(): string[] {
  return (context('useCases') ?? '').split(',').filter((name) => name !== '');
}

function context(key: string): string | undefined {
  // Only an App knows how the CLI hands the context over; this one must not write an assembly.
  const value: unknown = new App({ autoSynth: false }).node.tryGetContext(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
