import { InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { loadOrganization, ofOrganization } from '../../contracts/organization';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Project } from './project';

/** What every command is given. */
export interface CommandContext {
  /** Where things are; `--state` of the program has been applied. */
  readonly project: () => Project;
}

/**
 * The use case of that name, with what its organization says; what is wrong with others does not matter.
 *
 * @throws UserError that lists the ones there are, or all problems of its YAML.
 */
export function findUseCase(project: Project, name: string): UseCase {
  const [found] = loadUseCases(join(project.root, 'pipeline-defs'), [name]);
  if (found === undefined) throw new Error(`${name} was asked for and not loaded`);
  return ofOrganization(loadOrganization(project.root), found).useCase;
}

/** Names of all use cases, in alphabetical order (the loader's). */
export const useCaseNames = (project: Project): readonly string[] =>
  loadUseCases(join(project.root, 'pipeline-defs')).map((each) => each.useCase.name);

/** Parses a whole number from `least` to `most` for commander. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed.`);
    return value;
  };

/** Collects a repeated option. */
export const repeated = (text: string, before: readonly string[]): readonly string[] => [...before, text];
