import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/app';

const { projects: jestProjects } = jest.requireActual<{
  readonly projects: readonly { readonly displayName: string; readonly testMatch: readonly string[] }[];
}>('../../../jest.config');

describe('the tests that a release runs, in a fresh clone after npm ci', () => {
  const [, projects = ''] =
    /--selectProjects ([a-z -]+)$/.exec(
      (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts[
        'test:release'
      ] ?? '',
    ) ?? [];

  test.each(projects.split(' '))('%s: what needs a Python environment looks whether there is one', (project) => {
    const globs = jestProjects.find((each) => each.displayName === project)?.testMatch ?? [];
    const folders = globs.map((glob) => glob.replace('<rootDir>', root).replace(/\/\*\*.*$/, ''));
    const files = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((each) => each.endsWith('.ts'))
        .map((each) => join(folder, each)),
    );
    expect(files).not.toEqual([]);
    const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    const blind = texts.filter(({ text }) => /\.venv\/bin/.test(text) && !text.includes('existsSync('));
    expect(blind.map(({ file }) => file)).toEqual([]);
  });
});
