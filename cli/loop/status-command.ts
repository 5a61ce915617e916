import type { Command } from 'commander';
import { print, printJson } from '../shared/output';
import { withSession } from '../shared/session';
import { readStatus } from './status';
import { renderStatus } from './status-text';
import { findUseCase, useCaseNames, type CommandContext } from '../shared/command';

/** `mooring status`: stacks, executions, endpoints and alarms. */
export function addStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('stacks, executions, model versions, endpoints, alarms, notifications, decisions')
    .argument('[use-case]', 'one use case (default: all that are deployed)')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const project = context.project();
      const useCases = (name === undefined ? useCaseNames(project) : [name]).map((each) => findUseCase(project, each));
      await withSession(project, async (session) => {
        const state = await readStatus(session, useCases);
        if (options.json === true) printJson(state);
        else print(renderStatus(state));
      });
    });
}
