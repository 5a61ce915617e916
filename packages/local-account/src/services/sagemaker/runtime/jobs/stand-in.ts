import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageRegistry } from '../../../shared/peers';
import { containerRoot } from './container';
import { imageOf } from './image';
import { isMonitorImage } from './spark';
import { pythonSources } from './warm-interpreter';

/** Closed images that have no Python of ours to run in them, but a job that the open monitor can do. */
const modules: Readonly<Record<string, string>> = {
  'sagemaker-model-monitor-analyzer': 'mooring_local.native.analyzer',
  'sagemaker-clarify-processing': 'mooring_local.native.clarify',
};

/** What runs in the place of an image's own entry point. */
export interface StandIn {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Repository of an image's URI. */
export const repositoryOf = (uri: string): string => /([^/:@]+)(?:[:@][^/]+)?$/.exec(uri)?.[1] ?? uri;

/** What an image is known by: its title when it was pushed to this account, else the name of its repository. */
export const nameOf = (uri: string, registry?: ImageRegistry): string =>
  registry?.find(uri)?.title ?? repositoryOf(uri);

/** @throws Unsupported for an image whose work this machine cannot do. */
export function knownImage(uri: string, registry?: ImageRegistry): void {
  if (modules[repositoryOf(uri)] === undefined && !isMonitorImage(nameOf(uri, registry))) imageOf(uri);
}

/** What does the job of a closed image; undefined for every other image. */
export function standIn(uri: string): StandIn | undefined {
  const module = modules[repositoryOf(uri)];
  if (module === undefined) return undefined;
  return { command: ['python3', '-m', module, containerRoot], environment: { PYTHONPATH: monitorSources() } };
}

/** PYTHONPATH of the open monitor and what it imports, found upwards from the account's own sources. */
function monitorSources(from = pythonSources()): string {
  const projects = join(from, 'python');
  if (existsSync(join(projects, 'mooring-monitor')))
    return readdirSync(projects)
      .map((project) => join(projects, project, 'src'))
      .join(':');
  if (dirname(from) === from) throw new Error('python/mooring-monitor is not beside the local account');
  return monitorSources(dirname(from));
}
