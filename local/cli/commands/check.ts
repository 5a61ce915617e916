import type { Command } from 'commander';
import { checkFile, renderProblems } from '../../../pipeline-defs/dsl';
import { print, printJson } from '../output';
import type { CommandContext } from '../command';

/** `mooring check FILE`: the pipeline checker on any definition. */
export function addCheck(program: Command, _context: CommandContext): void {
  program
    .command('check')
    .description('check a SageMaker pipeline definition (ours, the Python SDK’s or hand-written)')
    .argument('<file>', 'JSON file with the definition')
    .option('--json', 'print the problems as JSON')
    .action((file: string, options: { json?: boolean }) => {
      const result = checkFile(file);
      if (options.json === true) printJson(result.problems);
      else print(renderProblems(result.problems));
      if (result.problems.length > 0) process.exitCode = 1;
    });
}
