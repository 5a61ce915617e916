import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { Account, AccountKeys } from '@mooring/local-account';
import { clientEnvironment } from '../shared/clients';
import { print, printJson } from '../shared/output';
import type { CommandContext } from '../shared/command';

/** `mooring env`: shell exports that point cdk, aws and the SDKs at the running account. */
export function addEnv(program: Command, context: CommandContext): void {
  program
    .command('env')
    .description('print the shell exports for the running local account: eval "$(npx mooring env)"')
    .option('--json', 'print them as a JSON object')
    .action((options: { json?: boolean }) => {
      const running = Account.running(context.project().state);
      if (running === undefined)
        throw new UserError('no local account is running; start one in another terminal with `npx mooring up`');
      const variables = clientEnvironment({
        endpoint: running.url,
        keys: AccountKeys.read(context.project().state).administrator,
      });
      if (options.json === true) printJson(variables);
      else for (const [name, value] of Object.entries(variables)) print(`export ${name}=${value}`);
    });
}
