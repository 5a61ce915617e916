import type { Command } from 'commander';
import { backfill } from './backfill';
import { findUseCase, type CommandContext } from '../shared/command';
import { print, printJson } from '../shared/output';
import { withSession } from '../shared/session';

/** `mooring monitor backfill <use-case>`: judges windows of the past. */
export function addMonitor(program: Command, context: CommandContext): void {
  const monitor = program.command('monitor').description('work with the monitors of a use case').exitOverride();
  monitor
    .command('backfill')
    .exitOverride()
    .description('judge past windows, one after the other; publishes no metrics, so no alarm fires for them')
    .argument('<use-case>')
    .requiredOption('--kind <kind>', 'data, quality, bias or explanations')
    .requiredOption('--from <time>', 'ISO time at which the first window begins')
    .requiredOption('--to <time>', 'ISO time at which the last window ends at the latest')
    .option('--json', 'print the windows as JSON')
    .action(async (name: string, options: { kind: string; from: string; to: string; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      await withSession(project, async (session) => {
        const windows = await backfill(session, useCase, options, ({ end, status, job, message }) => {
          if (options.json !== true)
            print(`until ${end}: ${status} (${job})${message === undefined ? '' : `\n${message}`}`);
        });
        if (options.json === true) printJson(windows);
        if (windows.some((each) => each.status !== 'Completed')) process.exitCode = 1;
      });
    });
}
