import type { Command } from 'commander';
import { runTour } from './tour/tour';
import type { CommandContext } from '../shared/command';

/** `mooring tour` (`npm start`): the whole loop, in order. */
export function addTour(program: Command, context: CommandContext): void {
  program
    .command('tour')
    .description('run the whole loop once: train, ship, watch, drift, alarm, retrain, ship again')
    .option('--install-seconds <s>', 'seconds that installation took before (set by npm start)', Number, 0)
    .action(async (options: { installSeconds: number }) => {
      const record = await runTour(context.project(), options.installSeconds);
      if (record.status !== 'ok') process.exitCode = 1;
    });
}
