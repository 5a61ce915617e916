import { current, withFolders } from '../../../tools/generate/architecture';

test('docs/architecture.md has the folders and rules that the linter checks (npm run generate)', () => {
  expect(withFolders(current())).toBe(current());
});
