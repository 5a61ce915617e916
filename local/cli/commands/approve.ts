import type { Command } from 'commander';
import { approvePackage } from '../registry';
import { withSession } from '../session';
import { waitForDeployment } from '../release';
import { print, printJson, status } from '../output';
import { findUseCase, wholeNumber, type CommandContext } from '../command';

/** `mooring approve <use-case>`: what a reviewer does in Studio or with update-model-package. */
export function addApprove(program: Command, context: CommandContext): void {
  program
    .command('approve')
    .description('approve a model version and wait until its deployment ended')
    .argument('<use-case>')
    .option('--model-version <n>', 'version of the model package (default: the newest)', wholeNumber(1, 1_000_000))
    .option('--reason <text>', 'recorded with the approval', 'approved at the terminal')
    .option('--json', 'print the endpoint as JSON')
    .action(async (name: string, options: { modelVersion?: number; reason: string; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      await withSession(project, async (session) => {
        const approved = await approvePackage(session.clients, useCase.name, options.modelVersion, options.reason);
        const endpoint = await waitForDeployment(session, useCase.name, approved.arn);
        if (options.json === true) printJson(endpoint);
        else
          print(
            `version ${approved.version} approved; ${endpoint.name} is ${status(endpoint.status)} on version ${endpoint.version ?? 'none'}`,
          );
        if (endpoint.packageArn !== approved.arn) process.exitCode = 1;
      });
    });
}
