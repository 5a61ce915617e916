import { current, decisionsIndex } from '../../../tools/generate/decisions-index';

test('docs/decisions/README.md lists the decisions that are there (npm run generate)', () => {
  expect(current()).toBe(decisionsIndex());
});
