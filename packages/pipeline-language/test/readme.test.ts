import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { example, exampleOf } from './example';

describe("the README's example", () => {
  test('has at most 40 lines and is valid', () => {
    expect(example().trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(exampleOf().check()).toEqual([]);
  });

  test('has the graph that the README shows', () => {
    const text = readFileSync(join(__dirname, '../README.md'), 'utf8');
    expect(text).toContain(`\`\`\`\n${exampleOf().graph().toText()}\n\`\`\``);
  });
});
