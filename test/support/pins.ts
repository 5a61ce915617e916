/**
 * What a build would install without saying which version: each entry is the command. "latest" is no version either, nor is
 * a branch of an action.
 */
export function unpinnedIn(text: string): readonly string[] {
  const version = /@\d+\.\d+\.\d+$/;
  const commands = [
    ...packages(text, /npm (?:install|i|add) (?:-g|--global) ([^"\n\\&|;]+)/g),
    ...packages(text, /npx (?:--yes|-y) (\S+)/g),
  ];
  return [
    ...commands.filter((each) => !version.test(each)),
    ...[...text.matchAll(/\bpip3? install [^"\n\\&|;]*/g)]
      .map(([command]) => command)
      .filter((each) => !/==| -r /.test(each)),
    ...[...text.matchAll(/uses: *([^\s"]+)/g)]
      .map(([, action = '']) => action)
      .filter((each) => !/@(v\d|[0-9a-f]{40})/.test(each)),
    ...[...text.matchAll(/[^\s"]*\blatest\b[^\s"]*/g)].map(([word]) => word),
  ];
}

function packages(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)]
    .flatMap(([, list = '']) => list.trim().split(/\s+/))
    .filter((each) => !each.startsWith('-'));
}
