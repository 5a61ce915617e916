import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { mustBeDeployed } from '../shared/foundation';
import { print, printJson } from '../shared/output';
import { collectReport } from './report/collect';
import { writeReport } from './report/write';
import { withSession } from '../shared/session';
import type { RunRecord } from './report/run-record';
import { findUseCase, type CommandContext } from '../shared/command';

/** `mooring report [use-case]`: the HTML page of what happened so far. */
export function addReport(program: Command, context: CommandContext): void {
  program
    .command('report')
    .description('write the report as one HTML file that opens offline')
    .argument('[use-case]', 'use case', 'credit-risk')
    .option('--output <folder>', 'where to write index.html (default: .mooring/report)')
    .option('--json', 'print what the report shows as JSON instead')
    .action(async (name: string, options: { output?: string; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      await withSession(project, async (session) => {
        await mustBeDeployed(session.clients, useCase.name);
        const data = await collectReport(session, useCase);
        if (options.json === true) return printJson(data);
        const file = join(project.work, 'run.json');
        const run = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunRecord) : undefined;
        print(
          await writeReport(
            options.output ?? join(project.work, 'report'),
            data,
            run?.use_case === useCase.name ? run : undefined,
          ),
        );
      });
    });
}
