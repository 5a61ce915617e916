import type { Command } from 'commander';
import { decisionTable, readDecisions } from './decisions';
import { print, printJson } from '../shared/output';
import { withSession } from '../shared/session';
import { findUseCase, type CommandContext } from '../shared/command';

/** `mooring decisions <use-case>`: every retraining decision, with its reason. */
export function addDecisions(program: Command, context: CommandContext): void {
  program
    .command('decisions')
    .description('retraining decisions of a use case: who asked, what was decided and why')
    .argument('<use-case>')
    .option('--json', 'as JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      await withSession(project, async (session) => {
        const decisions = await readDecisions(session.clients, useCase.name);
        if (options.json === true) return printJson(decisions);
        print(decisionTable(decisions));
      });
    });
}
