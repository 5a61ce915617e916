import { execFileSync } from 'node:child_process';

/** What the stacks were synthesized from. */
export interface SourceVersion {
  /** Commit, with `-dirty` when files differ from it; `unknown` outside a repository. */
  readonly commit: string;
  /** Release tag, or `none`. */
  readonly tag: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the version of a checkout: in a release what the tag step found (RELEASE_COMMIT, RELEASE_TAG), else git's HEAD.
 *
 * It becomes the default of the pipeline's parameters, so that a retraining that nobody started by hand carries the version
 * of the definition it runs.
 */
export function readSourceVersion(root: string, env: Environment): SourceVersion {
  const tag = env['RELEASE_TAG'] ?? 'none';
  const commit = env['RELEASE_COMMIT'];
  if (commit !== undefined && commit !== '') return { commit, tag };
  try {
    const changed = git(root, 'status', '--porcelain', '--untracked-files=no') !== '';
    return { commit: `${git(root, 'rev-parse', 'HEAD')}${changed ? '-dirty' : ''}`, tag };
  } catch {
    return { commit: 'unknown', tag };
  }
}

const git = (root: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
