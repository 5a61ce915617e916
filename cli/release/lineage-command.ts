import type { Command } from 'commander';
import { findUseCase, type CommandContext } from '../shared/command';
import { print, printJson, table } from '../shared/output';
import { lineageOf } from './lineage';
import { withSession } from '../shared/session';

/** `mooring lineage <use-case>`: from a prediction back to the commit and the data. */
export function addLineage(program: Command, context: CommandContext): void {
  program
    .command('lineage')
    .description('the chain from a prediction (or a model version) back to tag, commit, image and data')
    .argument('<use-case>')
    .option('--inference-id <id>', "id of a prediction's answer")
    .option('--package <version>', 'version or ARN of a model package (default: what serves in production)')
    .option('--json', 'print as JSON')
    .action(async (name: string, options: { inferenceId?: string; package?: string; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      await withSession(project, async (session) => {
        const links = await lineageOf(session, useCase.name, options);
        if (options.json === true) printJson(Object.fromEntries(links.map(({ what, value }) => [what, value])));
        else
          print(
            table(
              ['link', 'value'],
              links.map(({ what, value }) => [what, value]),
            ),
          );
      });
    });
}
