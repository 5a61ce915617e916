import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@mooring/use-case/errors';
import { isReleaseVersion, releaseTagOf, type ReleaseKind } from '../../contracts/release';
import type { UseCase } from '@mooring/use-case/use-case';
import type { Project } from '../shared/project';

/** Runs git in the checkout. @throws UserError with what git said. */
export function git(root: string, ...args: readonly string[]): string {
  try {
    return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new UserError(`git ${args.join(' ')} failed: ${said}`);
  }
}

/** What the tree must be like before a tag is made; each sentence says what to do. */
export function treeProblems(
  project: Project,
  useCase: UseCase,
  version: string,
  kind: ReleaseKind,
  remote: string,
): readonly string[] {
  const { root } = project;
  const tag = releaseTagOf(useCase.name, version, kind);
  const problems: string[] = [];
  if (!isReleaseVersion(version))
    problems.push(`'${version}' is no version; expected two or three numbers such as 1.0 or 1.0.2`);
  if (useCase.version !== version)
    problems.push(
      `pipeline-defs/${useCase.name}/use-case.yaml says version ${useCase.version}; set it to '${version}' and commit`,
    );
  const changed = git(root, 'status', '--porcelain')
    .split('\n')
    .filter((line) => line !== '');
  if (changed.length > 0)
    problems.push(`the tree has ${changed.length} uncommitted changes (${changed[0]?.trim() ?? ''} ...); commit them`);
  if (git(root, 'tag', '--list', tag) !== '')
    problems.push(`the tag ${tag} exists already; choose the next version, tags are never moved`);
  else if (git(root, 'ls-remote', '--tags', remote, `refs/tags/${tag}`) !== '')
    problems.push(`${remote} has the tag ${tag} already; fetch it and choose the next version`);
  if (!hasChangelogEntry(root, useCase.name, version))
    problems.push(
      `CHANGELOG.md has no entry for ${useCase.name} ${version}; add a heading such as '## ${useCase.name} ${version}' and what changed`,
    );
  return problems;
}

function hasChangelogEntry(root: string, useCase: string, version: string): boolean {
  const file = join(root, 'CHANGELOG.md');
  if (!existsSync(file)) return false;
  return readFileSync(file, 'utf8')
    .split('\n')
    .some((line) => /^#/.test(line) && line.includes(useCase) && line.split(/[\s,]+/).includes(version));
}

/** Runs the tests that the pipeline would run first. @throws UserError with their last lines. */
export function runTests(project: Project): void {
  const result = spawnSync('npm', ['run', '--silent', 'test:release'], { cwd: project.root, encoding: 'utf8' });
  if (result.status === 0) return;
  const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new UserError(`the tests fail; nothing was tagged:\n${tail}`);
}
