import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
const markdown = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
const pages = [...markdown('.'), ...markdown('docs'), ...markdown('docs/decisions')];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** GitHub's anchor of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Why a relative link leads nowhere; undefined when it does. */
function broken(page: string, link: string): string | undefined {
  const [path = '', fragment] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return `${page}: ${link}`;
  if (fragment === undefined || !target.endsWith('.md')) return undefined;
  const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
  return headings.includes(fragment) ? undefined : `${page}: ${link}`;
}

test('relative links of the documentation lead to files and headings that exist', () => {
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => [page, link] as const),
  );
  expect(links.length).toBeGreaterThan(100);
  expect(links.flatMap(([page, link]) => broken(page, link) ?? [])).toEqual([]);
});

test('docs/index.md lists every page', () => {
  const index = read('docs/index.md');
  const unlisted = markdown('docs').filter((page) => !index.includes(`](${page.slice('docs/'.length)})`));
  expect(unlisted).toEqual(['docs/index.md']);
});

test('the recipes of CONTRIBUTING.md name files that exist', () => {
  const folders = 'cli|contracts|docs|lambda|lib|packages|pipeline-defs|python|test|tools';
  const paths = [...read('CONTRIBUTING.md').matchAll(new RegExp(`\`((?:${folders})/[^\`<>*{ ]*)\``, 'g'))].map(
    ([, path = '']) => path,
  );
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
