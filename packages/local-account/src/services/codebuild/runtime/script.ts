import type { BuildSpec, Phase } from './buildspec';

/** Lines by which the runner follows the script's phases; nothing else writes this to file descriptor 3. */
export type Mark =
  | { readonly phase: string; readonly status: 'started' | 'succeeded' | 'failed' }
  | { readonly variable: string; readonly value: string };

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function command(text: string): readonly string[] {
  return [
    'if [ "$__ok" = 1 ]; then',
    `  printf '[Container] Running command %s\\n' ${quoted(text)}`,
    `  eval ${quoted(text)}`,
    '  __code=$?',
    `  if [ "$__code" != 0 ]; then __ok=0; printf '[Container] Command did not exit successfully %s exit status %s\\n' ${quoted(text)} "$__code" >&2; __why="$__code "${quoted(text)}; fi`,
    'fi',
  ];
}

function phase({ name, commands, finally: last }: Phase): readonly string[] {
  if (commands.length === 0 && last.length === 0) return [];
  return [
    `printf '{"phase":"${name}","status":"started"}\\n' >&3`,
    '__ok=1',
    ...commands.flatMap(command),
    ...(last.length === 0
      ? []
      : ['__before=$__ok', '__ok=1', ...last.flatMap(command), '[ "$__before" = 0 ] && __ok=0']),
    `if [ "$__ok" = 1 ]; then printf '{"phase":"${name}","status":"succeeded"}\\n' >&3`,
    `else CODEBUILD_BUILD_SUCCEEDING=0; __failed="\${__failed:-${name}}"; printf '{"phase":"${name}","status":"failed"}\\n' >&3; fi`,
  ];
}

/**
 * A buildspec as one bash script: all commands share a shell, as version 0.2 says. A failed install or pre_build ends the
 * build; post_build runs after a failed build, too, and sees that in CODEBUILD_BUILD_SUCCEEDING.
 */
export function scriptOf(spec: BuildSpec): string {
  const lines = ['export CODEBUILD_BUILD_SUCCEEDING=1', '__failed=', '__why='];
  for (const each of spec.phases) {
    const rendered = phase(each);
    if (rendered.length === 0) continue;
    const needsAll = each.name !== 'post_build';
    lines.push(
      needsAll ? 'if [ -z "$__failed" ]; then' : 'if [ -z "$__failed" ] || [ "$__failed" = build ]; then',
      ...rendered,
      'fi',
    );
  }
  for (const name of spec.exported)
    lines.push(
      `node -e 'process.stdout.write(JSON.stringify({ variable: process.argv[1], value: process.argv[2] }) + "\\n")' ${quoted(name)} "\${${name}:-}" >&3`,
    );
  lines.push('if [ -n "$__failed" ]; then printf "%s" "$__why" > "$CODEBUILD_REASON_FILE"; exit 1; fi', 'exit 0', '');
  return lines.join('\n');
}
