import type { Command } from 'commander';
import { deliverLabels, forgetLabels, keptLabels, labelsOfFile } from './labels';
import { note, print, printJson } from '../shared/output';
import { withSession } from '../shared/session';
import { findUseCase, type CommandContext } from '../shared/command';

/** `mooring label <use-case>`: what turned out to be true of predictions, by inference id. */
export function addLabel(program: Command, context: CommandContext): void {
  program
    .command('label')
    .description('deliver true labels: those of the rows that `mooring traffic` sent, or of a CSV file')
    .argument('<use-case>')
    .option('--file <file>', 'CSV file with the columns inference_id and label')
    .option('--json', 'print the outcome as JSON')
    .action(async (name: string, options: { file?: string; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      const kept = options.file === undefined ? keptLabels(project, name) : [];
      const labels = options.file === undefined ? kept.flatMap((each) => each.labels) : labelsOfFile(options.file);
      if (labels.length === 0) {
        print(`no label to deliver; send rows first: npx mooring traffic ${name} --rows 100`);
        return;
      }
      await withSession(project, async (session) => {
        const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
        const delivery = await deliverLabels(session.clients, useCase.name, labels, now);
        for (const each of kept) forgetLabels(each.file);
        if (options.json === true) printJson(delivery);
        else print(`${delivery.accepted} labels delivered, ${delivery.rejected.length} refused`);
        for (const each of delivery.rejected.slice(0, 10)) note(`${each.inference_id ?? 'a label'}: ${each.problem}`);
        if (delivery.rejected.length > 0) process.exitCode = 1;
      });
    });
}
