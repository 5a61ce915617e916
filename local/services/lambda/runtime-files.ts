import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The project's folder: above this file, or above the bundle that holds it.
 *
 * @throws Error when the files that run functions are nowhere above
 */
function projectRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, 'local/services/lambda/bootstrap.cjs'))) return folder;
  throw new Error(`local/services/lambda/bootstrap.cjs was not found above ${__dirname}`);
}

/** Program that runs a handler. */
export const bootstrapFile = (): string => join(projectRoot(), 'local/services/lambda/bootstrap.cjs');

/** Packages that bundles leave out, as the Lambda runtime brings them: @aws-sdk/*. */
export const nodeModules = (): string => join(projectRoot(), 'node_modules');
