import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { holdsState, repairState } from '@mooring/local-account';
import type { CommandContext } from '../shared/command';
import { print, printJson } from '../shared/output';

/** `mooring account repair`: takes out of the state what cannot be read, and keeps it beside. */
export function addAccount(program: Command, context: CommandContext): void {
  program
    .command('account')
    .description("care for the local account's state on disk")
    .command('repair')
    .description(
      'move what cannot be read (damaged lines, objects without content) to files named .damaged; keep the rest',
    )
    .option('--dry-run', 'only say what is damaged')
    .option('--json', 'print the findings as JSON')
    .action((options: { dryRun?: boolean; json?: boolean }) => {
      const { state } = context.project();
      if (!existsSync(state) || !holdsState(state))
        throw new UserError(`there is no state of a local account in ${state}; nothing to repair`);
      const findings = repairState(state, options.dryRun !== true);
      if (options.json === true) return printJson(findings);
      for (const { file, line, problem } of findings)
        print(`${file}${line === undefined ? '' : `, line ${line}`}: ${problem}`);
      if (findings.length === 0) print(`the state in ${state} can be read; nothing was changed`);
      else if (options.dryRun === true) print(`${findings.length} found; nothing was changed`);
      else
        print(`${findings.length} taken out; they are kept in files that end with .damaged beside those named above`);
    });
}
