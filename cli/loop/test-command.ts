import type { Command } from 'commander';
import { testsPrefix } from '../../contracts/records/deployment-record';
import { UserError } from '@mooring/use-case/errors';
import type { StageName } from '../../contracts/names';
import { boundsOf, runStageTests } from '../stage-tests/run';
import { findUseCase, type CommandContext } from '../shared/command';
import { readFoundation } from '../shared/foundation';
import { note, print, printJson } from '../shared/output';
import { approveForProduction } from '../shared/registry';
import { readManifest } from './rollout';
import { withSession } from '../shared/session';
import { stageName } from './approve-command';

/** `mooring test <use-case>`: contract, latency, load and stress of what serves in a stage. */
export function addTest(program: Command, context: CommandContext): void {
  program
    .command('test')
    .description('test the version that serves in a stage: contract, latency, load, stress; exit code 1 when one fails')
    .argument('<use-case>')
    .option('--stage <stage>', 'staging or production (default: staging when the use case has it)', stageName)
    .option('--json', 'print the verdict as JSON')
    .action(async (name: string, options: { stage?: StageName; json?: boolean }) => {
      const project = context.project();
      const useCase = findUseCase(project, name);
      const { staging, production } = useCase.stages;
      const stage = options.stage ?? (staging === undefined ? 'production' : 'staging');
      await withSession(project, async (session) => {
        const { clients } = session;
        const live = await readManifest(session, useCase.name, stage);
        if (live === undefined)
          throw new UserError(`nothing of ${useCase.name} serves in ${stage}; approve a version for it first`);
        const { artifactBucket } = await readFoundation(clients);
        const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
        const verdict = await runStageTests({
          target: { name: stage, artifactBucket, s3: clients.s3, runtime: clients.runtime },
          useCase,
          live,
          bounds: boundsOf(useCase, stage),
          at: new Date(now),
          ...(options.json === true ? {} : { follow: print }),
        });
        if (!verdict.passed) process.exitCode = 1;
        if (options.json === true) printJson(verdict);
        else {
          const failed = verdict.tests.filter((each) => !each.passed).map((each) => each.name);
          print(
            `version ${live.version} in ${stage}: ${failed.length === 0 ? `${verdict.tests.length} tests passed` : `failed ${failed.join(', ')}`}; reports in s3://${artifactBucket}/${testsPrefix(useCase.name, stage, live.version)}/`,
          );
        }
        // Where no person is asked for, passing is the approval.
        if (!verdict.passed || stage !== 'staging' || staging?.tests === undefined || production.approval !== 'auto')
          return;
        await approveForProduction(
          clients,
          useCase,
          { arn: live.package_arn, version: live.version },
          'its tests in staging passed',
        );
        note(`version ${live.version} is approved for production, because its tests passed`);
      });
    });
}
