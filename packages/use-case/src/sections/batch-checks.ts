import { lookedSeconds } from '../duration';
import type { LookedMonitoring } from './monitoring-checks';

type Cadence = { readonly every?: unknown; readonly window?: unknown } | undefined;

/** What of a use case these checks look at; any of it may be missing or of a wrong type when the document is invalid. */
interface Looked extends LookedMonitoring {
  readonly batch?: { readonly every?: unknown };
  readonly monitoring?: LookedMonitoring['monitoring'] & { readonly source?: unknown };
}

type Complain = (path: (string | number)[], message: string) => void;

/** Checks `monitoring.source: batch`: something must be scored, windows must hold it, and labels must find their rows. */
export function checkBatchMonitoring({ batch, monitoring, dataset }: Looked, complain: Complain): void {
  if (monitoring?.source !== 'batch') return;
  const path = ['monitoring', 'source'];
  if (batch === undefined)
    complain(path, "'batch' watches what is scored on a schedule; add a section batch: {}, or leave source out");
  if (monitoring.engine === 'model-monitor')
    complain(path, 'engine model-monitor watches endpoints only; choose engine open');
  for (const kind of ['quality', 'bias'] as const) {
    if (monitoring[kind] !== undefined && dataset?.key === undefined)
      complain(
        ['monitoring', kind],
        'labels find batch rows by their key; add dataset.key, the first column of the input files, or leave this out',
      );
  }
  const scored = batch === undefined ? undefined : lookedSeconds(batch.every, '1d');
  for (const [at, { every, window }] of cadences(monitoring)) {
    const length = lookedSeconds(window ?? every, at.length === 1 ? '1h' : '1d');
    if (scored !== undefined && length !== undefined && length < scored)
      complain(
        [...at, 'window'],
        `a window shorter than batch.every (${String(batch?.every ?? '1d')}) would often hold no run; make it as long at least`,
      );
  }
}

function cadences(monitoring: NonNullable<Looked['monitoring']>): [string[], NonNullable<Cadence>][] {
  const further = (['quality', 'bias', 'explanations'] as const).flatMap((kind): [string[], NonNullable<Cadence>][] => {
    const section: Cadence = monitoring[kind];
    return section === undefined ? [] : [[['monitoring', kind], section]];
  });
  return [[['monitoring'], monitoring], ...further];
}
