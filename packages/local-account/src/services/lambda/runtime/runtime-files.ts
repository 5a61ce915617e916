import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { besideCode, packageFolder } from '../../../core/package-folder';

/** Program that runs a handler. */
export const bootstrapFile = (): string => besideCode('services/lambda/runtime/bootstrap.cjs');

/** Where the packages are that bundles leave out, as the Lambda runtime brings them: those installed beside the account. */
export function nodeModules(from = packageFolder()): string {
  const folder = join(from, 'node_modules');
  if (existsSync(join(folder, '@aws-sdk')) || dirname(from) === from) return folder;
  return nodeModules(dirname(from));
}
