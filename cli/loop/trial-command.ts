import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { findUseCase, type CommandContext } from '../shared/command';
import { print, printJson } from '../shared/output';
import { waitForDeployment } from './rollout';
import { withSession, type Session } from '../shared/session';
import { compareTrial, decideTrial, type TrialReport, waitForEnd } from './trial';
import { renderTrial } from './trial-text';

interface Options {
  readonly promote?: boolean;
  readonly stop?: boolean;
  readonly anyway?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

const described = {
  ab: 'show the A/B test that runs: both variants, their difference with its interval, the decision',
  shadow: 'show how the shadow compares with the live version: agreement, scores, latency, errors',
} as const;

/** `mooring ab <use-case>`: both variants of an A/B test, and its end. */
export const addAb = (program: Command, context: CommandContext): void => addTrial(program, context, 'ab');

/** `mooring shadow <use-case>`: a shadow beside the live version, and its end. */
export const addShadow = (program: Command, context: CommandContext): void => addTrial(program, context, 'shadow');

function addTrial(program: Command, context: CommandContext, type: keyof typeof described): void {
  program
    .command(type)
    .description(described[type])
    .argument('<use-case>')
    .option('--promote', 'end the trial and deploy the new version')
    .option('--stop', 'end the trial; the live version goes on alone')
    .option('--anyway', 'promote even though checks failed; needs --reason')
    .option('--reason <text>', 'recorded with the decision')
    .option('--json', 'print what is known as JSON')
    .action(async (name: string, options: Options) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      check(options);
      await withSession(project, async (session) => {
        const report = await compareTrial(session, project, useCase);
        if (report.trial.type !== type)
          throw new UserError(`${name} has no such trial: npx mooring ${report.trial.type} ${name}`);
        const decision = decisionOf(options);
        if (options.json === true) printJson(report);
        else print(renderTrial(report));
        if (decision !== undefined) await end(session, report, decision, options);
      });
    });
}

function check({ promote, stop, anyway, reason }: Options): void {
  if (promote === true && stop === true) throw new UserError('give either --promote or --stop');
  if (anyway === true && promote !== true) throw new UserError('--anyway goes with --promote');
  if (anyway === true && reason === undefined)
    throw new UserError('--anyway needs --reason: somebody will ask why it was promoted');
}

function decisionOf({ promote, stop }: Options): 'promote' | 'stop' | undefined {
  if (promote === true) return 'promote';
  return stop === true ? 'stop' : undefined;
}

async function end(
  session: Session,
  report: TrialReport,
  decision: 'promote' | 'stop',
  { anyway, reason }: Options,
): Promise<void> {
  const { trial, objections } = report;
  const { version, package_arn } = trial.challenger;
  if (trial.status === 'ended')
    throw new UserError(`the trial of version ${version} ended already: ${trial.outcome?.reason ?? 'no reason'}`);
  if (decision === 'promote' && anyway !== true && objections.length > 0)
    throw new UserError(
      `version ${version} is not promoted: ${objections.join('; ')}. Wait for more, or use --anyway --reason`,
    );
  const because = reason ?? report.decision?.reason ?? 'decided at the terminal';
  await decideTrial(session, report, decision, because);
  const ended = await waitForEnd(session, trial.use_case);
  print(`the trial of version ${version} ended: ${ended.outcome?.kind ?? 'ended'}, ${ended.outcome?.reason ?? ''}`);
  if (decision === 'stop') return;
  const endpoint = await waitForDeployment(session, trial.use_case, package_arn);
  print(`${endpoint.name} is ${endpoint.status} on version ${endpoint.version ?? 'none'}`);
  if (endpoint.packageArn !== package_arn) process.exitCode = 1;
}
