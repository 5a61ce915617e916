/**
 * Glob patterns as CodePipeline's trigger filters read them: `*` stays inside one path segment, `**` crosses `/`, `?` is one
 * character but `/`, `[abc]` and `[a-z]` are one of several, `{a,b}` is one of several words, a backslash escapes.
 *
 * Used to check the synthesized filters and by the local account's triggers, so that both read a pattern the same way.
 *
 * @throws Error when a bracket or brace is not closed.
 */
export function globToRegExp(pattern: string): RegExp {
  let source = '';
  let braces = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const rest = pattern.slice(index);
    if (character === '\\') {
      index += 1;
      source += escaped(pattern.charAt(index));
    } else if (rest.startsWith('**')) {
      index += 1;
      source += '.*';
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const end = pattern.indexOf(']', index + 1);
      if (end < 0) throw new Error(`'${pattern}' opens a bracket and does not close it`);
      source += `[${pattern
        .slice(index + 1, end)
        .replaceAll('\\', '\\\\')
        .replace(/^\^/, '\\^')}]`;
      index = end;
    } else if (character === '{') {
      braces += 1;
      source += '(?:';
    } else if (character === '}' && braces > 0) {
      braces -= 1;
      source += ')';
    } else if (character === ',' && braces > 0) source += '|';
    else source += escaped(character);
  }
  if (braces > 0) throw new Error(`'${pattern}' opens a brace and does not close it`);
  return new RegExp(`^${source}$`, 's');
}

const escaped = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');

/** Includes and excludes of one filter. */
export interface PatternFilter {
  readonly includes?: readonly string[];
  readonly excludes?: readonly string[];
}

/** Whether a filter lets a name through. Excludes win over includes; without includes everything else passes. */
export function passes({ includes = [], excludes = [] }: PatternFilter, name: string): boolean {
  const matches = (pattern: string): boolean => globToRegExp(pattern).test(name);
  return !excludes.some(matches) && (includes.length === 0 || includes.some(matches));
}
