import type { Command } from 'commander';
import { deployUseCases } from './deployment';
import { withSession } from '../shared/session';
import { listStacks } from '../shared/foundation';
import { printJson } from '../shared/output';
import { findUseCase, useCaseNames, type CommandContext } from '../shared/command';

/** `mooring deploy [use-case]`: synthesizes and drives the real CDK CLI. */
export function addDeploy(program: Command, context: CommandContext): void {
  program
    .command('deploy')
    .description('synthesize and deploy to the local account with the real cdk CLI')
    .argument('[use-case]', 'one use case (default: all)')
    .option('--json', 'print the stacks as JSON')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const project = context.project();
      const names = name === undefined ? useCaseNames(project) : [findUseCase(project, name).name];
      await withSession(project, async (session) => {
        await deployUseCases(project, session, names);
        if (options.json === true) printJson(await listStacks(session.clients));
      });
    });
}
