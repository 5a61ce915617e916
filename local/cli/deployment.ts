import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stackNames } from '../../contracts/names';
import { deploy, synth, type Follow } from './cdk';
import { note } from './output';
import type { Project } from './project';

/** Stacks of use cases, the shared foundation first. @param assembly synthesized before: not every use case has a front door or a staging stage. */
export const stacksOf = (useCases: readonly string[], assembly: string): readonly string[] => [
  stackNames.foundation,
  ...useCases.flatMap((name) => [
    stackNames.training(name),
    ...present(stackNames.serving(name, 'staging'), assembly),
    stackNames.serving(name),
    stackNames.monitoring(name),
    stackNames.retraining(name),
    ...present(stackNames.frontDoor(name), assembly),
  ]),
];

function present(stack: string, assembly: string): readonly string[] {
  return existsSync(join(assembly, `${stack}.template.json`)) ? [stack] : [];
}

/** Synthesizes and deploys use cases to the account at `endpoint`. */
export async function deployUseCases(
  project: Project,
  endpoint: string,
  useCases: readonly string[],
  follow: Follow = note,
): Promise<void> {
  follow(`synthesizing ${useCases.join(', ')}`);
  await synth(project, useCases, follow);
  await deploy(project, endpoint, stacksOf(useCases, project.assembly), follow);
}
