import type { Command } from 'commander';
import { UserError } from '@mooring/use-case/errors';
import { releaseTagOf } from '../../contracts/release';
import { findUseCase, type CommandContext } from '../shared/command';
import { note, print, printJson, status, table } from '../shared/output';
import { pipelineClient, readReleases, untilQuiet } from './pipeline';
import { git, runTests, treeProblems } from './tree';
import { withSession } from '../shared/session';

/** `mooring release <use-case> <version>`: checks the tree, tags and pushes; the pipeline does the rest. */
export function addRelease(program: Command, context: CommandContext): void {
  program
    .command('release')
    .description('check the tree, make a release tag and push it; the release pipeline does the rest')
    .argument('<use-case>')
    .argument('<version>', 'the version that use-case.yaml says, e.g. 1.0')
    .option('--pre', 'a prerelease: it stops after staging')
    .option('--remote <name>', 'git remote to push to', 'origin')
    .option('--skip-tests', 'do not run the tests first; the pipeline runs them anyway')
    .option('--dry-run', 'check, but neither tag nor push')
    .action(
      (
        name: string,
        version: string,
        options: { pre?: boolean; remote: string; skipTests?: boolean; dryRun?: boolean },
      ) => {
        const project = context.project();
        const useCase = findUseCase(project, name);
        const kind = options.pre === true ? 'prerelease' : 'release';
        const tag = releaseTagOf(useCase.name, version, kind);
        const problems = treeProblems(project, useCase, version, kind, options.remote);
        if (problems.length > 0) throw UserError.of(`cannot release ${useCase.name} ${version}:`, problems);
        if (options.skipTests !== true) {
          note('running the tests');
          runTests(project);
        }
        if (options.dryRun === true) return print(`${tag}: all is well; nothing was tagged (--dry-run)`);
        git(project.root, 'tag', '--annotate', tag, '--message', `${useCase.title}, version ${version}`);
        try {
          git(project.root, 'push', '--quiet', options.remote, tag);
        } catch (error) {
          git(project.root, 'tag', '--delete', tag);
          throw error;
        }
        print(`${tag} pushed to ${options.remote}; follow it with \`npx mooring release-status\` or in CodePipeline`);
      },
    );
  program
    .command('release-status')
    .description('list release executions of the local account with the status of each action')
    .option('--wait', 'wait until nothing goes on by itself: all ended, or one waits for its approval')
    .option('--json', 'print as JSON')
    .action(async (options: { wait?: boolean; json?: boolean }) => {
      await withSession(context.project(), async (session) => {
        if (options.wait === true) await untilQuiet(pipelineClient(session));
        const releases = await readReleases(pipelineClient(session), 10);
        if (options.json === true) return printJson(releases);
        for (const release of releases) {
          print(
            `${release.trigger}  ${status(release.status)}  ${release.executionId}${release.reason === undefined ? '' : `\n  ${release.reason}`}`,
          );
          if (release === releases[0])
            print(
              table(
                ['stage', 'action', 'status'],
                release.actions.map((each) => [each.stage, each.action, status(each.status)]),
              ),
            );
        }
        if (releases.length === 0) print('no release was started yet; push a tag (npx mooring release)');
      });
    });
}
