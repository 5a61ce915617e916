import Table from 'cli-table3';
import colors from 'picocolors';

/** Where commands print: data on `out`, progress and errors on `err`. */
export interface Console {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}
export const terminal: Console = { out: process.stdout, err: process.stderr };

export const print = (text: string, to: Console = terminal): void => void to.out.write(`${text}\n`);
export const note = (text: string, to: Console = terminal): void => void to.err.write(`${text}\n`);
export const printJson = (value: unknown, to: Console = terminal): void =>
  print(JSON.stringify(value, undefined, 2), to);

/** A plain aligned table: header in bold, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  const numeric = head.map(
    (_, index) =>
      rows.length > 0 &&
      rows.every((row) => typeof row[index] === 'number' || /^-?[\d.,]+( ?(s|ms|%))?$/.test(String(row[index] ?? '0'))),
  );
  const made = new Table({
    head: head.map((each) => colors.bold(each)),
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  for (const row of rows) made.push(row.map((cell) => String(cell ?? '-')));
  return made.toString();
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

const statusColors: Readonly<Record<string, (text: string) => string>> = {
  Succeeded: colors.green,
  InService: colors.green,
  OK: colors.green,
  Approved: colors.green,
  ok: colors.green,
  Failed: colors.red,
  ALARM: colors.red,
  Rejected: colors.red,
  failed: colors.red,
  Executing: colors.cyan,
  Updating: colors.cyan,
  Creating: colors.cyan,
  INSUFFICIENT_DATA: colors.dim,
  PendingManualApproval: colors.yellow,
};
/** A status word in its colour, when the terminal has colours. */
export const status = (word: string | undefined): string => (statusColors[word ?? ''] ?? String)(word ?? '-');
