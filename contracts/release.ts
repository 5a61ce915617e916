import { UserError } from '@mooring/use-case/errors';

/** `release` goes to production, `prerelease` stops after staging. */
export type ReleaseKind = 'release' | 'prerelease';

/** What a tag asks for. */
export interface ReleaseTag {
  readonly tag: string;
  readonly kind: ReleaseKind;
  readonly useCase: string;
  /** Version of the use case, e.g. 1.0 or 1.0.2. */
  readonly version: string;
}

/** Whether a text is a version that a tag may carry: two or three numbers. */
export const isReleaseVersion = (text: string): boolean => /^[0-9]+\.[0-9]+(\.[0-9]+)?$/.test(text);

/** `release-<use-case>-v<version>`, or the same with `prerelease`. */
export const releaseTagOf = (useCase: string, version: string, kind: ReleaseKind = 'release'): string =>
  `${kind}-${useCase}-v${version}`;

/**
 * Reads a tag.
 *
 * @returns undefined when it is not a release tag of one of the use cases.
 */
export function parseReleaseTag(tag: string, useCases: readonly string[]): ReleaseTag | undefined {
  const match = /^(release|prerelease)-(.+)-v([0-9]+\.[0-9]+(?:\.[0-9]+)?)$/.exec(tag);
  const [, kind, useCase, version] = match ?? [];
  if (kind === undefined || useCase === undefined || version === undefined) return undefined;
  return useCases.includes(useCase) ? { tag, kind: kind as ReleaseKind, useCase, version } : undefined;
}

/** Limits of a filter in the service model: patterns in one list, characters of one pattern. */
export const triggerLimits = { patterns: 8, length: 255 } as const;

/**
 * Tag filters of the release pipeline's trigger.
 *
 * Patterns name the use cases, so that a tag of an unknown one starts nothing; a glob cannot say "a number", so the
 * excludes take out what only looks like a version.
 *
 * @throws UserError when a name looks like a version's beginning, or there are too many names for eight patterns.
 */
export function tagFilter(useCases: readonly string[]): {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
} {
  const confusing = useCases.filter((name) => /-v[0-9]/.test(name));
  if (confusing.length > 0)
    throw UserError.of(
      'these names cannot be distinguished from a version in a release tag; rename the use case:',
      confusing.map((name) => `${name} holds -v and a digit`),
    );
  const groups = groupsOf([...useCases].sort());
  const includes = (['release', 'prerelease'] as const).flatMap((kind) =>
    groups.map((names) => `${kind}-${wordsOf(names)}-v[0-9]*.[0-9]*`),
  );
  if (includes.length > triggerLimits.patterns)
    throw new UserError(
      `the names of ${useCases.length} use cases need ${includes.length} tag patterns; CodePipeline takes ${triggerLimits.patterns}. Shorten names or split the repository`,
    );
  return {
    includes,
    excludes: ['*-v[0-9]*[a-zA-Z_+]*', '*-v[0-9]*-*', '*-v[0-9]*..*', '*-v[0-9]*.', '*-v[0-9]*.*.*.*'],
  };
}

const wordsOf = (names: readonly string[]): string => (names.length === 1 ? (names[0] ?? '') : `{${names.join(',')}}`);

/** As many names into one pattern as fit. */
function groupsOf(names: readonly string[]): readonly (readonly string[])[] {
  const fixed = 'prerelease-{}-v[0-9]*.[0-9]*'.length;
  const groups: string[][] = [];
  for (const name of names) {
    const last = groups.at(-1);
    if (last !== undefined && fixed + [...last, name].join(',').length <= triggerLimits.length) last.push(name);
    else groups.push([name]);
  }
  return groups;
}

/** Names that the release's stack, its tools and the command line agree on. */
export const releaseNames = {
  pipeline: 'mooring-release',
  connection: 'mooring',
  /** Role of the CodeBuild projects that talk to the stages. */
  stepsRole: 'mooring-release-steps',
  /** Role in a stage's account that the steps assume. */
  stageRole: (stage: 'staging' | 'production') => `mooring-release-${stage}`,
  /** Pipeline variable that names the tag when an execution is not started by a push. */
  tagVariable: 'ReleaseTag',
  accessStack: (stage: 'staging' | 'production') =>
    stage === 'staging' ? 'Mooring-Release-Staging' : 'Mooring-Release-Production',
  /** Records of releases in the artifact bucket, one folder per tag. */
  records: (useCase: string, tag: string) => `${useCase}/releases/${tag}`,
} as const;
