import { spawnSync } from 'node:child_process';
import { root } from '../../support/app';

/** Rules that a text breaks as a file of the product. */
function broken(text: string): readonly string[] {
  const args = ['node_modules/eslint/bin/eslint.js', '--stdin', '--stdin-filename', 'lib/some.ts', '--format', 'json'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', input: text });
  const [file] = JSON.parse(stdout) as readonly { readonly messages: readonly { readonly ruleId: string }[] }[];
  return (file?.messages ?? []).map(({ ruleId }) => ruleId);
}

test.each(['export const a = 1 as unknown as string;', 'export const a = 1 as never;'])('%s is refused', (text) => {
  expect(broken(text)).toEqual(['no-restricted-syntax']);
});

test('a cast that the compiler checks is accepted', () => {
  expect(broken("export const a = JSON.parse('1') as unknown;\nexport const b = a as number;\n")).toEqual([]);
});
