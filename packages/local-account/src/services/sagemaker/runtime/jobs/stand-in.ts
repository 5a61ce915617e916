import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageFolder } from '../../../../core/package-folder';
import type { ImageRegistry } from '../../../shared/peers';
import { containerRoot } from './container';
import { imageOf } from './image';
import { isMonitorImage } from './spark';

/** Closed images whose jobs the open monitor does, and its drop-in images, by the command that does them. */
const commands: Readonly<Record<string, string>> = {
  'sagemaker-model-monitor-analyzer': 'analyzer',
  'sagemaker-clarify-processing': 'clarify',
  'mooring-analyzer': 'analyzer',
  'mooring-clarify': 'clarify',
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
  if (commands[repositoryOf(uri)] === undefined && !isMonitorImage(nameOf(uri, registry))) imageOf(uri);
}

/** What does the job of a closed image; undefined for every other image. */
export function standIn(uri: string): StandIn | undefined {
  const command = commands[repositoryOf(uri)];
  if (command === undefined) return undefined;
  return {
    command: ['python3', '-m', 'mooring_monitor', command, '--root', containerRoot],
    environment: monitorSources(),
  };
}

/** In a checkout the open monitor and what it imports lie beside the packages; elsewhere the account's Python has them installed. */
function monitorSources(): StandIn['environment'] {
  const projects = join(packageFolder(), '../../python');
  if (!existsSync(join(projects, 'mooring-monitor'))) return {};
  return {
    PYTHONPATH: readdirSync(projects)
      .map((project) => join(projects, project, 'src'))
      .join(delimiter),
  };
}
