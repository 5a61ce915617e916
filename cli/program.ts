import { Command, CommanderError } from 'commander';
import { describeError } from './shared/errors';
import { findProject } from './shared/project';
import { note } from './shared/output';
import type { CommandContext } from './shared/command';
import { addAccount } from './account/account-command';
import { addApprove } from './loop/approve-command';
import { addCheck } from './loop/check-command';
import { addClock } from './account/clock-command';
import { addDecisions } from './watch/decisions-command';
import { addDeploy } from './account/deploy-command';
import { addEnv } from './account/env-command';
import { addGraph } from './loop/graph-command';
import { addLabel } from './data/label-command';
import { addApproveRelease } from './release/approve-release-command';
import { addCost } from './account/cost-command';
import { addDestroy } from './account/destroy-command';
import { addDoctor } from './account/doctor-command';
import { addLineage } from './release/lineage-command';
import { addMonitor } from './watch/monitor-command';
import { addRelease } from './release/release-command';
import { addReport } from './watch/report-command';
import { addReset } from './account/reset-command';
import { addRollback } from './loop/rollback-command';
import { addRun } from './loop/run-command';
import { addStatus } from './loop/status-command';
import { addTest } from './loop/test-command';
import { addTour } from './loop/tour-command';
import { addTraffic } from './data/traffic-command';
import { addAb, addShadow } from './loop/trial-command';
import { addUp } from './account/up-command';

/** The `mooring` program with all its commands. */
export function buildProgram(): Command {
  const program = new Command('mooring')
    .description('Trains, judges, ships, watches and retrains models; here against the local account.')
    .option(
      '--state <folder>',
      "folder of the local account's state (default: .mooring/account); assembly, reports and generated data go beside it",
    )
    .showHelpAfterError()
    .exitOverride();
  const context: CommandContext = { project: () => findProject(program.opts<{ state?: string }>().state) };
  for (const add of [
    addUp,
    addEnv,
    addDeploy,
    addRun,
    addApprove,
    addTest,
    addRollback,
    addTraffic,
    addLabel,
    addAb,
    addShadow,
    addClock,
    addStatus,
    addDecisions,
    addMonitor,
    addGraph,
    addCheck,
    addReport,
    addReset,
    addAccount,
    addTour,
    addRelease,
    addApproveRelease,
    addLineage,
    addDoctor,
    addCost,
    addDestroy,
  ])
    add(program, context);
  for (const command of program.commands) {
    command.exitOverride();
    for (const part of command.commands) part.exitOverride();
  }
  return program;
}

/** Runs one command line. @returns the exit code: 0 good, 1 failed, 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = buildProgram();
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { text, defect } = describeError(error);
    note(defect ? `This is a defect of Mooring, please report it:\n${text}` : text);
    return 1;
  }
}
