/** CDK entry: loads the use cases and builds their stacks. `-c useCases=a,b` narrows it. */
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { UserError } from '../contracts/errors';
import { loadUseCases } from '../contracts/load-use-case';
import { MooringApp } from '../lib/mooring-app';

const root = join(__dirname, '..');

try {
  new MooringApp({ root, useCases: loadUseCases(join(root, 'pipeline-defs'), chosenUseCases()) }).synth();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function chosenUseCases(): string[] {
  // Only an App knows how the CLI hands the context over; this one must not write an assembly.
  const context: unknown = new App({ autoSynth: false }).node.tryGetContext('useCases');
  return typeof context === 'string' ? context.split(',').filter((name) => name !== '') : [];
}
