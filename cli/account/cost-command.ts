import type { Command } from 'commander';
import { findUseCase, useCaseNames, type CommandContext } from '../shared/command';
import { note, print, printJson, table } from '../shared/output';
import { assumptions, monthOf, priceTable, sharedCosts, unknownInstances } from './cost';

/** `mooring cost [use-case]`: an estimate of the month on AWS. */
export function addCost(program: Command, context: CommandContext): void {
  program
    .command('cost')
    .description('estimate of a month on AWS per use case and stage, from a checked-in price table')
    .argument('[use-case]', 'one use case (default: all)')
    .option('--json', 'print as JSON')
    .action((name: string | undefined, options: { json?: boolean }) => {
      const project = context.project();
      const useCases = (name === undefined ? useCaseNames(project) : [name]).map((each) => findUseCase(project, each));
      const lines = [...useCases.flatMap(monthOf), ...sharedCosts()];
      const total = lines.reduce((sum, { amount }) => sum + amount, 0);
      const unknown = [...new Set(useCases.flatMap(unknownInstances))];
      if (options.json === true) return printJson({ ...priceTable, assumptions, lines, total, unknown });
      print(
        table(
          ['use case', 'stage', 'what', priceTable.currency],
          lines.map((each) => [each.useCase, each.stage, each.what, each.amount.toFixed(2)]),
        ),
      );
      print(
        `\nan estimate of ${total.toFixed(2)} ${priceTable.currency} a month: list prices of ${priceTable.region} as of ${priceTable.asOf}`,
      );
      note(
        `${priceTable.note} Assumed: ${assumptions.trainingsPerMonth} trainings a month, ${assumptions.minutesPerJob} minutes a job.`,
      );
      if (unknown.length > 0)
        note(`not in the price table, counted as nothing: ${unknown.join(', ')}; add them to cli/account/prices.json`);
    });
}
