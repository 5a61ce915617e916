import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { checkFile, toTable } from '@mooring/pipeline-language';
import { print, printJson } from '../shared/output';
import type { CommandContext } from '../shared/command';

/** `mooring check FILE`: the pipeline checker on any definition. */
export function addCheck(program: Command, _context: CommandContext): void {
  program
    .command('check')
    .description('check a SageMaker pipeline definition (ours, the Python SDK’s or hand-written)')
    .argument('<file>', 'JSON file with the definition')
    .option('--json', 'print the problems as JSON')
    .action((file: string, options: { json?: boolean }) => {
      if (!existsSync(file) || !statSync(file).isFile())
        throw new UserError(`${file}: no such file; give the JSON file of a pipeline definition`);
      const result = checkFile(file);
      if (options.json === true) printJson(result.problems);
      else if (result.problems.length === 0)
        print(`${file}: good (${result.steps} steps, ${result.parameters} parameters, ${result.bytes} bytes)`);
      else print(toTable(result.problems));
      if (!result.ok) process.exitCode = 1;
    });
}
