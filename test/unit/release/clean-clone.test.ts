import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/app';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const [, projects = ''] = /^jest --selectProjects ([a-z ]+)$/.exec(scripts['test:release'] ?? '') ?? [];

describe('the tests that a release runs, in a clone in which only npm ci was run', () => {
  test.each(projects.split(' '))('those of %s need no Python environment, or skip without it', (project) => {
    const folder = join(root, 'test', project);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
      each.endsWith('.test.ts'),
    );
    expect(files.length).toBeGreaterThan(0);
    const needing = files.filter((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return text.includes('.venv/' + 'bin') && !text.includes('existsSync(python) ? describe : describe.skip');
    });
    expect(needing).toEqual([]);
  });
});
