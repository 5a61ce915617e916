import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { stageNames, type StageName } from '../../contracts/names';
import type { UseCase } from '@mooring/use-case/use-case';
import { readDeployments } from './deployments';
import { mustBeDeployed } from '../shared/foundation';
import { approveForProduction, approvePackage, choosePackage } from '../shared/registry';
import { readManifest, waitForEnd } from './rollout';
import { type Session, withSession } from '../shared/session';
import { note, print, printJson, status } from '../shared/output';
import { findUseCase, wholeNumber, type CommandContext } from '../shared/command';

/** Parses a stage for commander. */
export function stageName(text: string): StageName {
  const found = stageNames.find((each) => each === text);
  if (found === undefined) throw new InvalidArgumentError(`allowed: ${stageNames.join(', ')}.`);
  return found;
}

/** `mooring approve <use-case>`: what a reviewer does in Studio or with update-model-package. */
export function addApprove(program: Command, context: CommandContext): void {
  program
    .command('approve')
    .description('approve a model version for a stage and wait until its deployment ended')
    .argument('<use-case>')
    .option('--stage <stage>', 'staging or production (needed when the use case has both)', stageName)
    .option('--model-version <n>', 'version of the model package (default: the newest)', wholeNumber(1, 1_000_000))
    .option('--reason <text>', 'recorded with the approval', 'approved at the terminal')
    .option('--json', 'print the endpoint as JSON')
    .action(
      async (name: string, options: { stage?: StageName; modelVersion?: number; reason: string; json?: boolean }) => {
        const project = context.project();
        const useCase = findUseCase(project, name);
        const stage = stageToApprove(useCase, options.stage);
        await withSession(project, async (session) => {
          const { clients } = session;
          await mustBeDeployed(clients, useCase.name);
          const chosen = await choosePackage(clients, useCase.name, options.modelVersion);
          const live = await readManifest(session, useCase.name, stage);
          const known = (await readDeployments(clients, useCase.name, stage)).map((each) => each.id);
          if (stage === 'production' && useCase.stages.staging !== undefined) {
            await arrivedInStaging(session, useCase.name, chosen.version);
            await approveForProduction(clients, useCase, chosen, options.reason);
          } else await approvePackage(clients, chosen, options.reason);
          if (live?.package_arn === chosen.arn) {
            // The event is handled before the clock moves on; a stage whose settings changed deploys the same version anew.
            await session.control('POST', '/_local/clock', { duration: '1s' });
            const now = await readDeployments(clients, useCase.name, stage);
            if (now.every((each) => known.includes(each.id)))
              return print(`version ${chosen.version} approved; it serves in ${stage} already`);
          }
          const { deployment, endpoint } = await waitForEnd(session, useCase.name, chosen.version, { stage, known });
          if (deployment.state !== 'done') process.exitCode = 1;
          if (options.json === true) return printJson({ ...endpoint, deployment });
          print(
            deployment.state === 'done'
              ? `version ${chosen.version} approved; ${endpoint?.name ?? ''} is ${status(endpoint?.status)} on version ${endpoint?.version ?? 'none'}`
              : `version ${chosen.version} approved, but ${deployment.subject ?? deployment.state}${deployment.reason === undefined ? '' : `: ${deployment.reason}`}`,
          );
        });
      },
    );
}

/** @throws UserError when the stage must be named, does not exist, or needs no approval. */
function stageToApprove({ name, stages }: UseCase, asked: StageName | undefined): StageName {
  if (stages.staging === undefined) {
    if (asked === 'staging')
      throw new UserError(
        `${name} has no staging stage; add stages.staging to its use-case.yaml, or leave --stage out`,
      );
    return 'production';
  }
  if (asked === undefined) throw new UserError(`${name} has two stages: say --stage staging or --stage production`);
  if (asked === 'staging' && stages.staging.approval === 'auto')
    throw new UserError(
      `staging of ${name} takes every registered version by itself (approval: auto); nothing to approve`,
    );
  return asked;
}

/** Waits for a version that is still on its way to staging; production would refuse it until it is there. */
async function arrivedInStaging(session: Session, useCase: string, version: number): Promise<void> {
  const deployments = await readDeployments(session.clients, useCase, 'staging');
  if (deployments.findLast((each) => each.version === version)?.notified !== false) return;
  note(`version ${version} is still on its way to staging; waiting`);
  await waitForEnd(session, useCase, version, { stage: 'staging' });
}
