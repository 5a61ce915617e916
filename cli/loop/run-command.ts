import type { Command } from 'commander';
import { givenFile, mustHaveData } from '../data/dataset';
import { changedSince, deployUseCases, milestones } from '../account/deployment';
import { readEvaluation, readWarnings, type Evaluation } from '../shared/evaluation';
import type { UseCase } from '@mooring/use-case/use-case';
import { isDeployed } from '../shared/foundation';
import { note, print, printJson, status, table } from '../shared/output';
import { overrides, showExecution, startRun } from './pipeline-run';
import { listPackages } from '../shared/registry';
import { withSession } from '../shared/session';
import { findUseCase, repeated, type CommandContext } from '../shared/command';

/** `mooring run <use-case>`: starts the pipeline and follows it to its end. */
export function addRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('start the pipeline of a use case and follow it; exit code 1 when it does not succeed')
    .argument('<use-case>')
    .option('--data <file>', 'CSV or Parquet file to train on (default: the generator, else the data of the last run)')
    .option(
      '--set <path=value>',
      'change a setting for this run, e.g. fairness.before_training.max=0.01 (repeatable)',
      repeated,
      [],
    )
    .option('--json', 'print the outcome as JSON')
    .action(async (name: string, options: { data?: string; set: readonly string[]; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      overrides(useCase, options.set);
      if (options.data !== undefined) givenFile(options.data);
      await withSession(project, async (session) => {
        if (!(await isDeployed(session.clients, useCase.name))) {
          await mustHaveData(project, session.clients, useCase.name, options.data);
          await deployUseCases(project, session, [useCase.name], milestones(note));
        } else if (await changedSince(session.clients, useCase))
          note(
            `use-case.yaml of ${useCase.name} changed since it was deployed, and this run follows the deployed one; \`npx mooring deploy ${useCase.name}\` brings the change`,
          );
        const arn = await startRun(project, session, useCase, options.data, options.set);
        const state = await showExecution(
          session,
          arn,
          options.json === true ? 'silent' : process.stderr.isTTY ? 'default' : 'simple',
        );
        const evaluation = await readEvaluation(session, useCase.name, arn);
        const [newest] = state.status === 'Succeeded' ? await listPackages(session.clients, useCase.name) : [];
        if (state.status !== 'Succeeded') process.exitCode = 1;
        const warnings = await readWarnings(session, useCase.name, arn);
        if (options.json === true) return printJson({ ...state, evaluation, warnings, package: newest });
        for (const warning of warnings) note(`warning: ${warning}`);
        if (evaluation !== undefined) print(evaluationTable(evaluation));
        if (newest !== undefined)
          print(
            `registered version ${newest.version}: ${status(newest.approval)}${newest.approval === 'PendingManualApproval' ? nextStep(useCase) : ''}`,
          );
        for (const step of state.steps.filter((each) => each.status === 'Failed'))
          note(`${step.name} failed: ${step.reason ?? 'no reason given'}`);
        if (state.status !== 'Succeeded' && !state.steps.some((each) => each.status === 'Failed'))
          note(`${state.status}: ${state.reason ?? ''}`);
      });
    });
}

const evaluationTable = (evaluation: Evaluation): string =>
  table(
    ['metric', 'value'],
    evaluation.metrics.map(({ name, value }) => [name, value.toFixed(4)]),
  );

/** What a person does next with a version that waits. */
function nextStep({ name, stages: { staging } }: UseCase): string {
  if (staging === undefined) return `; approve it with \`npx mooring approve ${name}\``;
  if (staging.approval === 'manual') return `; approve it with \`npx mooring approve ${name} --stage staging\``;
  const test = staging.tests === undefined ? '' : ` test it with \`npx mooring test ${name}\`, and`;
  return `; it goes to staging by itself, then${test} approve it with \`npx mooring approve ${name} --stage production\``;
}
