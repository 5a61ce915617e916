import type { Problem } from './problem';

const MAX_VALUE = 48;

/** Problems as an aligned table, one row each, and a last line with their number. */
export function toTable(problems: readonly Problem[]): string {
  if (problems.length === 0) return 'no problems';
  const rows = problems.map((p) => [p.code, p.step ?? '-', p.path || '-', shown(p.value), p.message, p.allowed ?? '']);
  const table = [['code', 'step', 'path', 'value', 'problem', 'allowed'], ...rows];
  const width = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`].join('\n');
}

function shown(value: unknown): string {
  if (value === undefined) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 3)}...` : text;
}
