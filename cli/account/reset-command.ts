import { existsSync, rmSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { Account, holdsState } from '@mooring/local-account';
import { print } from '../shared/output';
import type { CommandContext } from '../shared/command';

/** `mooring reset`: forgets the local account's state. */
export function addReset(program: Command, context: CommandContext): void {
  program
    .command('reset')
    .description("delete the local account's state: stacks, objects, models, metrics")
    .action(() => {
      const { state } = context.project();
      if (Account.running(state) !== undefined)
        throw new UserError(
          'the local account is running on this state; stop it first (Ctrl-C in its terminal), then reset',
        );
      if (!existsSync(state)) return print(`nothing to delete: there is no ${state}`);
      if (!holdsState(state)) throw new UserError(`${state} is not the state of a local account; nothing was deleted`);
      rmSync(state, { recursive: true, force: true });
      print(`deleted ${state}`);
    });
}
