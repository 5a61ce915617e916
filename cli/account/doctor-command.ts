import type { Command } from 'commander';
import { findUseCase, useCaseNames, type CommandContext } from '../shared/command';
import { print, printJson } from '../shared/output';
import { examine } from './doctor/doctor';
import { withSession } from '../shared/session';

/** `mooring doctor`: what keeps a release from working, and what to do about it. */
export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('check everything that a release needs and say what to do; exit code 1 when something is wrong')
    .argument('[use-case]', 'one use case (default: all)')
    .option('--json', 'print as JSON')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const project = context.project();
      const useCases = (name === undefined ? useCaseNames(project) : [name]).map((each) => findUseCase(project, each));
      await withSession(project, async (session) => {
        const findings = await examine({ project, session, useCases });
        if (options.json === true) printJson(findings);
        else
          for (const { check, ok, found, remedy } of findings)
            print(`${ok ? 'ok   ' : 'FAULT'} ${check}: ${found}${ok ? '' : `\n      -> ${remedy}`}`);
        if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
      });
    });
}
