import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/app';

describe('the tests that a release runs, in a fresh clone after npm ci', () => {
  const [, projects = ''] =
    /--selectProjects ([a-z ]+)$/.exec(
      (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts[
        'test:release'
      ] ?? '',
    ) ?? [];

  test.each(projects.split(' '))('%s: what needs a Python environment looks whether there is one', (project) => {
    const folder = join(root, 'test', project);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.ts'));
    expect(files).not.toEqual([]);
    const texts = files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
    const blind = texts.filter(({ text }) => /\.venv\/bin/.test(text) && !text.includes('existsSync('));
    expect(blind.map(({ file }) => file)).toEqual([]);
  });
});
