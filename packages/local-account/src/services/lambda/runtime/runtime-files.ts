import { join } from 'node:path';
import { projectRoot } from '../../../core/project-root';

/** Program that runs a handler. */
export const bootstrapFile = (): string =>
  join(projectRoot(), 'packages/local-account/src/services/lambda/runtime/bootstrap.cjs');

/** Packages that bundles leave out, as the Lambda runtime brings them: @aws-sdk/*. */
export const nodeModules = (): string => join(projectRoot(), 'node_modules');
