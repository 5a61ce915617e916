import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { useCaseNames, type CommandContext } from '../shared/command';
import { note, print } from '../shared/output';
import { destroy } from './destroy';
import { withSession } from '../shared/session';

/** `mooring destroy`: endpoints, stacks and, when asked, what the stacks retain. */
export function addDestroy(program: Command, context: CommandContext): void {
  program
    .command('destroy')
    .description('take everything down in the right order; data and registry stay unless --empty')
    .option('--keep-data', 'keep buckets and registry (the default, spelled out)')
    .option('--empty', 'delete data, artifacts and registered models, too')
    .option('--yes', 'do not ask; nothing happens without it')
    .action(async (options: { keepData?: boolean; empty?: boolean; yes?: boolean }) => {
      if (options.keepData === true && options.empty === true)
        throw new UserError('--keep-data and --empty contradict each other; give one of them');
      const project = context.project();
      const useCases = useCaseNames(project);
      if (options.yes !== true)
        throw new UserError(
          `this deletes endpoints and stacks of ${useCases.join(', ')}${options.empty === true ? ', their data and their models' : '; data and models stay'}. Run it again with --yes`,
        );
      await withSession(project, (session) =>
        destroy(session, useCases, options.empty === true, (text) => note(`deleted ${text}`)),
      );
      print(
        options.empty === true
          ? 'nothing of Mooring is left but keys that wait for their deletion'
          : 'the stacks are gone; buckets and registry are kept',
      );
    });
}
