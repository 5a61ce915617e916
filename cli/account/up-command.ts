import type { Command } from 'commander';
import { subscribeLines } from './follow-trace';
import { note, print, printJson } from '../shared/output';
import { startAccount } from '../shared/session';
import { wholeNumber, type CommandContext } from '../shared/command';

/** `mooring up`: the account in the foreground, until Ctrl-C. */
export function addUp(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description('run the local account in the foreground')
    .option('--port <port>', 'port on 127.0.0.1 to listen on', wholeNumber(0, 65_535), 4566)
    .option('--quiet', 'do not print what happens in the account')
    .option('--json', 'print the trace as JSON lines')
    .action(async (options: { port: number; quiet?: boolean; json?: boolean }) => {
      const account = await startAccount(context.project(), options.port);
      if (options.json === true) printJson({ endpoint: account.endpointUrl(), pid: process.pid });
      else
        print(
          `local account on ${account.endpointUrl()} (state in ${context.project().state})\nin another terminal:  eval "$(npx mooring env)"   then cdk, aws or boto3 as usual; Ctrl-C ends it`,
        );
      if (options.quiet !== true) account.trace.subscribe(subscribeLines(options.json === true));
      await new Promise<void>((done) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
      });
      note('stopping ...');
      await account.stop();
    });
}
