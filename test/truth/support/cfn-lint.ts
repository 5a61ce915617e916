import { basename, dirname } from 'node:path';
import { truthPython } from './python';

interface Match {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path?: readonly (string | number)[] };
}

/** Two of AWS's ordinary regions, and one of each other partition. */
export const regions = ['us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1'];

/** What cfn-lint says about templates: rule, file, place and message, one line each. Errors and warnings. */
export function cfnLint(files: readonly string[]): readonly string[] {
  const args = [
    '-c',
    'import cfnlint.runner as r; raise SystemExit(r.main())',
    '--format',
    'json',
    '--regions',
    ...regions,
    '--',
    ...files,
  ];
  // Its exit code has a bit for each level found; 1 is a failure of its own.
  const out = truthPython(args, (code) => code >= 2 && code < 16);
  return (JSON.parse(out === '' ? '[]' : out) as readonly Match[]).map(
    ({ Rule, Filename, Location, Message }) =>
      `${Rule.Id} ${basename(dirname(Filename))}/${basename(Filename, '.template.json')} ${(Location.Path ?? []).join('/')}: ${Message}`,
  );
}
