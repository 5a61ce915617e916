// Writes the table of folders in docs/architecture.md from the rules that `npm run lint` checks (`npm run generate`).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersInCircles, importsOf, pythonRooms, rooms, rulesOf } from '../lint/boundaries';

const page = join(__dirname, '../../docs/architecture.md');
const begin = '<!-- folders: written by npm run generate from tools/lint/boundaries.ts, do not edit -->';
const end = '<!-- end of the folders -->';

function folders(): string {
  const table = rooms.map((room) => row(room.folder, room.content, importsOf(room)));
  const python = pythonRooms.map(([folder, content, imports]) => row(folder, content, imports));
  const general = rulesOf({}).filter(({ name }) => !name.endsWith('-imports'));
  return [
    'Names are those of folders and packages of ours; libraries are those that the own manifest names.',
    '',
    row('folder', 'content', 'may import'),
    '|---|---|---|',
    ...table.slice(0, -2),
    ...python,
    ...table.slice(-2),
    '',
    'Further rules:',
    '',
    ...general.map(({ comment }) => `- ${comment}`),
    '- what the product imports of a package is exported by its manifest',
    '- no cycles between folders beside each other; a folder counts with everything below it',
    '',
    'Circles that are left, each by name and with its reason:',
    '',
    ...foldersInCircles.map((each) => `- ${each.folders.map((folder) => `\`${folder}\``).join(', ')}: ${each.reason}`),
  ].join('\n');
}

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The page with its table replaced. */
export function withFolders(text: string): string {
  const [before = '', rest = ''] = text.split(begin);
  const after = rest.split(end)[1];
  if (after === undefined) throw new Error(`docs/architecture.md has no part between ${begin} and ${end}`);
  return `${before}${begin}\n\n${folders()}\n\n${end}${after}`;
}

/** The page as it is. */
export const current = (): string => readFileSync(page, 'utf8');

if (require.main === module) writeFileSync(page, withFolders(current()));
