import type { Command } from 'commander';
import type { CommandContext } from '../shared/command';
import { print } from '../shared/output';
import { answerApproval, pipelineClient, untilApproval } from './pipeline';
import { withSession } from '../shared/session';

/** `mooring approve-release`: what an approver does in the console or with put-approval-result. */
export function addApproveRelease(program: Command, context: CommandContext): void {
  program
    .command('approve-release')
    .description('answer the release that waits for an approval in the local account')
    .option('--reject', 'reject it: production stays as it is')
    .option('--wait', 'wait until a release waits for its approval')
    .option('--reason <text>', 'recorded with the answer', 'at the terminal')
    .action(async (options: { reject?: boolean; wait?: boolean; reason: string }) => {
      await withSession(context.project(), async (session) => {
        const answer = options.reject === true ? 'Rejected' : 'Approved';
        const client = pipelineClient(session);
        if (options.wait === true) await untilApproval(client);
        const waiting = await answerApproval(client, answer, options.reason);
        print(`${answer.toLowerCase()}: ${waiting.summary}`);
      });
    });
}
