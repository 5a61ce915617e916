import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DescribePipelineCommand } from '@aws-sdk/client-sagemaker';
import { configHash } from '../../contracts/config-hash';
import { resourceNames, stackNames } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Clients, Connection } from '../shared/clients';
import { deploy, synth, type Follow } from './cdk';
import { note } from '../shared/output';
import type { Project } from '../shared/project';

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

/** Of all that the CDK CLI prints, what a person waits for: a line per stack. A failure carries the CLI's last lines itself. */
export const milestones =
  (follow: Follow): Follow =>
  (line) => {
    if (/^(synthesizing |✅)/.test(line.trim())) follow(line.trim());
  };

/** Synthesizes and deploys use cases to the account at `connection`. */
export async function deployUseCases(
  project: Project,
  connection: Connection,
  useCases: readonly string[],
  follow: Follow = note,
): Promise<void> {
  follow(`synthesizing ${useCases.join(', ')}`);
  await synth(project, useCases, follow);
  await deploy(project, connection, stacksOf(useCases, project.assembly), follow);
}

/** Whether `use-case.yaml` says something else than what is deployed: versions carry the hash of their settings. */
export async function changedSince({ sagemaker }: Clients, useCase: UseCase): Promise<boolean> {
  const { PipelineDefinition = '' } = await sagemaker.send(
    new DescribePipelineCommand({ PipelineName: resourceNames.pipeline(useCase.name) }),
  );
  return !PipelineDefinition.includes(configHash(useCase));
}
