import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Unsupported } from '../../../../core/errors';
import { packageFolder } from '../../../../core/package-folder';

/** Repository that the open monitor's own image is pushed to, and the title that the image has. */
export const monitorRepository = 'mooring-monitor';

/** Whether an image is the monitor's own, by the name of its repository. */
export const isMonitorImage = (repository: string): boolean => repository === monitorRepository;

/** The environment with pyspark that the account may have beside its own. */
interface Place {
  /** Folder of a Python environment. */
  readonly environment: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where a checkout of Mooring keeps it. */
const usual = (): string => join(packageFolder(), '../..', '.venvs', 'bench');

/**
 * A command of the monitor's own image as it runs here: by the Python that has pyspark, all processors of this machine
 * in the place of a cluster. Where there is none, `--engine auto` is one process, in the account's own Python.
 *
 * @throws Unsupported when the command asks for Spark, and pyspark or Java is missing.
 */
export function sparkCommand(
  command: readonly string[],
  env: Place['env'],
  environment: string = usual(),
): readonly string[] {
  const missing = missingParts({ environment, env });
  const [head, ...rest] = command;
  if (head !== 'python3') return command;
  if (missing.length === 0) return ['/usr/bin/env', join(environment, 'bin', 'python'), ...rest];
  if (command[command.indexOf('--engine') + 1] !== 'spark' || !command.includes('--engine')) return command;
  throw new Unsupported(
    `Spark without ${missing.join(' and ')}`,
    'install them (node tools/python-env.mjs bench for pyspark), or choose monitoring.compute.engine single or auto',
  );
}

/** Where Spark finds Java on this machine: the one thing that a container of the monitor's own image takes from it. */
export function sparkVariables(env: Place['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['PATH', 'JAVA_HOME'].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

function missingParts({ environment, env }: Place): string[] {
  const lib = join(environment, 'lib');
  const folders = existsSync(lib) ? readdirSync(lib) : [];
  const pyspark = folders.some((each) => existsSync(join(lib, each, 'site-packages', 'pyspark')));
  const places = [...(env['PATH'] ?? '').split(delimiter), join(env['JAVA_HOME'] ?? '', 'bin')];
  const java = places.some((each) => each !== '' && existsSync(join(each, 'java')));
  return [...(pyspark ? [] : [`pyspark in ${environment}`]), ...(java ? [] : ['Java on the search path'])];
}
