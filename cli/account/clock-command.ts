import type { Command } from 'commander';
import { withSession } from '../shared/session';
import { print, printJson } from '../shared/output';
import { seconds } from '../shared/output';
import type { CommandContext } from '../shared/command';

interface ClockState {
  readonly now: string;
  readonly pending: readonly { readonly name: string; readonly at: string }[];
}

/** `mooring clock`: reads and advances the virtual clock. */
export function addClock(program: Command, context: CommandContext): void {
  const clock = program.command('clock').description('the virtual clock: schedules, alarms and waits follow it');
  clock
    .command('now', { isDefault: true })
    .description('print the virtual time and what waits for it')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      withSession(context.project(), async (session) => {
        const state = (await session.control('GET', '/_local/clock')) as ClockState;
        if (options.json === true) return printJson(state);
        print(`${state.now}\n${state.pending.map((each) => `  ${each.at}  ${each.name}`).join('\n')}`);
      }),
    );
  clock
    .command('advance')
    .description('pass virtual time: everything due on the way happens, in order, before the command returns')
    .argument('<duration>', 'such as 90s, 15m, 1h, 2d')
    .option('--json', 'as JSON')
    .action((duration: string, options: { json?: boolean }) =>
      withSession(context.project(), async (session) => {
        const started = performance.now();
        const state = (await session.control('POST', '/_local/clock', { duration })) as ClockState;
        if (options.json === true) printJson(state);
        else print(`it is ${state.now} now (${duration} took ${seconds(performance.now() - started)})`);
      }),
    );
}
