/** Writes the code bundle and use-case.json of every shipped use case below a folder, for the Python tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { useCaseJson } from '../../contracts/config-hash';
import { StandardCode, zipBundle } from '../../lib/training/code-bundle';

const root = join(__dirname, '../..');
const [output] = process.argv.slice(2);
if (output === undefined) throw new Error('usage: bundles.ts FOLDER');
const code = new StandardCode(root);
for (const loaded of loadUseCases(join(root, 'pipeline-defs'))) {
  const folder = join(output, loaded.useCase.name);
  const files = code.bundle(loaded);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'code.zip'), zipBundle(files));
  writeFileSync(join(folder, 'use-case.json'), useCaseJson(loaded.useCase));
}
