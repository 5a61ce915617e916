import { Command, CommanderError } from 'commander';
import { describeError } from './errors';
import { findProject } from './project';
import { note } from './output';
import type { CommandContext } from './command';
import { addAccount } from './commands/account';
import { addApprove } from './commands/approve';
import { addCheck } from './commands/check';
import { addClock } from './commands/clock';
import { addDecisions } from './commands/decisions';
import { addDeploy } from './commands/deploy';
import { addEnv } from './commands/env';
import { addGraph } from './commands/graph';
import { addLabel } from './commands/label';
import { addApproveRelease } from './commands/approve-release';
import { addCost } from './commands/cost';
import { addDestroy } from './commands/destroy';
import { addDoctor } from './commands/doctor';
import { addLineage } from './commands/lineage';
import { addMonitor } from './commands/monitor';
import { addRelease } from './commands/release';
import { addReport } from './commands/report';
import { addReset } from './commands/reset';
import { addRollback } from './commands/rollback';
import { addRun } from './commands/run';
import { addStatus } from './commands/status';
import { addTest } from './commands/test';
import { addTour } from './commands/tour';
import { addTraffic } from './commands/traffic';
import { addAb, addShadow } from './commands/trial';
import { addUp } from './commands/up';

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
