import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** This package's folder, also when its code is part of somebody's bundle: Node finds it by its name. */
export const packageFolder = (): string =>
  dirname(createRequire(__filename).resolve('@mooring/local-account/package.json'));

/** A file beside the code, in a checkout or in an installed package. @param path below src. */
export function besideCode(path: string): string {
  const [source, built] = ['src', 'dist'].map((folder) => join(packageFolder(), folder, path)) as [string, string];
  return existsSync(source) ? source : built;
}

/** Python of the account: the job programs, the model server and the warm interpreter. */
export const pythonSources = (): string => join(packageFolder(), 'python');

/** What the CDK and the release's tools call instead of Docker, by the variable CDK_DOCKER. */
export const dockerStandIn = (): string => join(packageFolder(), 'bin/docker.cjs');
