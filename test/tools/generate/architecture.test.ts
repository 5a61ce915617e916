import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { current, withFolders } from '../../../tools/generate/architecture';
import { root } from '../../support/app';

test('docs/architecture.md has the folders and rules that the linter checks (npm run generate)', () => {
  expect(withFolders(current())).toBe(current());
});

test.each(['python', 'packages'])('every project below %s/ has its line', (folder) => {
  for (const name of readdirSync(join(root, folder))) expect(current()).toContain(`| \`${folder}/${name}/\` |`);
});
