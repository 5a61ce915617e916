import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { readEndpoint } from '../shared/endpoint';
import { keepLabels } from './labels';
import { note, print, printJson } from '../shared/output';
import { withSession } from '../shared/session';
import { sendTraffic, trafficRows } from './traffic';
import { sendTroubledTraffic } from './troubled-traffic';
import { findUseCase, wholeNumber, type CommandContext } from '../shared/command';

/** `mooring traffic <use-case>`: requests to the endpoint, ordinary or drifted. */
export function addTraffic(program: Command, context: CommandContext): void {
  program
    .command('traffic')
    .description('send prediction requests to the endpoint, one row each')
    .argument('<use-case>')
    .requiredOption('--rows <n>', 'how many requests', wholeNumber(1, 1_000_000))
    .option('--drift', "move the monitored features (the use case's own drift where its generator has one)")
    .option('--errors', 'every request fails in the container, for as long as the alarms of the endpoint look back')
    .option(
      '--slow',
      "every request takes longer than the endpoint's latency alarm allows, for as long as it looks back",
    )
    .option('--seed <n>', 'seed of the rows', wholeNumber(0, 2 ** 31), 1)
    .option('--concurrency <n>', 'requests at once', wholeNumber(1, 64), 8)
    .option('--json', 'print the answers as JSON')
    .action(
      async (
        name: string,
        options: {
          rows: number;
          drift?: boolean;
          errors?: boolean;
          slow?: boolean;
          seed: number;
          concurrency: number;
          json?: boolean;
        },
      ) => {
        const project = context.project();
        const useCase = findUseCase(project, name);
        if (useCase.stages.production.async !== undefined)
          throw new UserError(
            `${useCase.name} is asynchronous, and traffic waits for answers; call InvokeEndpointAsync as docs/serving.md shows`,
          );
        if (options.errors === true && options.slow === true)
          throw new UserError('--errors and --slow prove different alarms; ask for one of them');
        if ((options.errors === true || options.slow === true) && options.rows < 2)
          throw new UserError('--errors and --slow send to two periods of the alarms; --rows must be 2 at least');
        const wanted = { ...options, drift: options.drift === true };
        await withSession(project, async (session) => {
          if ((await readEndpoint(session.clients, useCase.name)) === undefined) {
            throw new UserError(
              `${useCase.name} has no endpoint yet; train and approve a model first: npx mooring run ${useCase.name}, then npx mooring approve ${useCase.name}`,
            );
          }
          const rows = await trafficRows(project, session.clients, useCase, wanted);
          if (options.errors === true || options.slow === true) {
            const trouble = options.errors === true ? 'errors' : 'slow';
            const troubled = await sendTroubledTraffic(session, useCase, rows, wanted, trouble);
            if (options.json === true) return printJson(troubled);
            print(`${troubled.sent} requests in ten minutes of virtual time, ${troubled.failed} failed`);
            const ringing = troubled.alarms.map((each) => each.name);
            return print(ringing.length === 0 ? 'no alarm of the endpoint' : `in ALARM: ${ringing.join(', ')}`);
          }
          const result = await sendTraffic(session.clients, useCase, rows, wanted);
          keepLabels(project, useCase.name, result.answers);
          if (options.json === true) printJson(result);
          else print(`${result.sent} requests, ${result.failed} failed`);
          for (const error of result.errors) note(error);
          if (result.failed > 0) process.exitCode = 1;
        });
      },
    );
}
