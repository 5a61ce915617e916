import type { Command } from 'commander';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { UserError } from '@mooring/use-case/errors';
import { ownSource } from '../../contracts/events';
import type { StageName } from '../../contracts/names';
import { readDeployments } from './deployments';
import { print, printJson, status } from '../shared/output';
import { readManifest, waitForEnd } from './rollout';
import { withSession } from '../shared/session';
import { findUseCase, type CommandContext } from '../shared/command';
import { stageName } from './approve-command';

/** `mooring rollback <use-case>`: sends the event that brings the previous version back. */
export function addRollback(program: Command, context: CommandContext): void {
  program
    .command('rollback')
    .description('bring the previous version of a stage back and wait until it serves')
    .argument('<use-case>')
    .option('--stage <stage>', 'staging or production', stageName, 'production')
    .option('--reason <text>', 'stored, and included in the notification')
    .option('--json', 'print the endpoint as JSON')
    .action(async (name: string, options: { stage: StageName; reason?: string; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      const { stage } = options;
      await withSession(project, async (session) => {
        const { clients } = session;
        const live = await readManifest(session, useCase.name, stage);
        if (live === undefined)
          throw new UserError(`nothing of ${useCase.name} serves in ${stage}; there is nothing to roll back`);
        if (live.previous === undefined)
          throw new UserError(
            `version ${live.version} is the first one of ${useCase.name} in ${stage}; there is no previous version. Approve another version instead`,
          );
        const known = (await readDeployments(clients, useCase.name, stage)).map((each) => each.id);
        const detail = {
          useCase: useCase.name,
          stage,
          requestedBy: process.env['USER'] ?? 'the terminal',
          reason: options.reason,
        };
        await clients.events.send(
          new PutEventsCommand({
            Entries: [{ Source: ownSource, DetailType: 'Mooring Rollback Request', Detail: JSON.stringify(detail) }],
          }),
        );
        const { version } = live.previous;
        const { deployment, endpoint } = await waitForEnd(session, useCase.name, version, { stage, known });
        if (deployment.state !== 'done') process.exitCode = 1;
        if (options.json === true) return printJson({ ...endpoint, deployment });
        print(
          deployment.state === 'done'
            ? `version ${version} serves again; ${endpoint?.name ?? ''} is ${status(endpoint?.status)}, version ${live.version} is out`
            : `version ${live.version} still serves: ${deployment.subject ?? deployment.state}${deployment.reason === undefined ? '' : `: ${deployment.reason}`}`,
        );
      });
    });
}
