import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|py)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

test('every alarm and message links to a section of docs/operating.md that exists', () => {
  const page = readFileSync(join(root, 'docs/operating.md'), 'utf8');
  const sections = new Set([...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]));
  const texts = [...sources('lib'), ...sources('lambda')];
  const linked = texts.flatMap((text) =>
    [...text.matchAll(/operating\.md#([a-z0-9-]+)/g)].map((match) => match[1] ?? ''),
  );
  const named = texts.flatMap((text) => [...text.matchAll(/section: '([a-z0-9-]+)'/g)].map((match) => match[1] ?? ''));
  expect(linked.length + named.length).toBeGreaterThan(15);
  expect([...new Set([...linked, ...named])].filter((each) => !sections.has(each))).toEqual([]);
});

test('links inside docs/operating.md lead somewhere', () => {
  const page = readFileSync(join(root, 'docs/operating.md'), 'utf8');
  const sections = new Set([...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]));
  expect(
    [...page.matchAll(/\]\(#([a-z-]+)\)/g)].map((match) => match[1]).filter((each) => !sections.has(each)),
  ).toEqual([]);
});
