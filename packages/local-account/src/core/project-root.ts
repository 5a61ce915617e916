import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The project's folder: above this file, or above the bundle that holds it.
 *
 * @throws Error when the files that run functions are nowhere above
 */
export function projectRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, 'packages/local-account/src/services/lambda/runtime/bootstrap.cjs'))) return folder;
  throw new Error(`packages/local-account/src/services/lambda/runtime/bootstrap.cjs was not found above ${__dirname}`);
}

/** What the CDK and the release's tools call instead of Docker, by the variable CDK_DOCKER. */
export const dockerStandIn = (): string =>
  join(projectRoot(), 'packages/local-account/src/services/codebuild/runtime/docker/docker');
