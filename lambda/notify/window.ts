import { metricNames } from '../../contracts/metrics';
import { type MonitorKind, prefixes } from '../../contracts/names';
import { list, readJson } from '../shared/objects';
import type { Context } from './context';

/** The window that a monitor judged last. */
export interface JudgedWindow {
  readonly kind: MonitorKind;
  readonly start: string;
  readonly end: string;
  readonly rows?: number;
  /** Where its report lies. */
  readonly report: string;
}

interface Findings {
  readonly window: { readonly start: string; readonly end: string };
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

const day = 86_400_000;
const file = 'metrics.json';

/**
 * The newest run of a monitor on the day of an event or the day before; undefined when it has left nothing yet.
 *
 * Runs are folders named by their time, so a day of them is a prefix.
 */
export async function newestWindow(
  { artifacts, useCase }: Context,
  kind: MonitorKind,
  time: string,
): Promise<JudgedWindow | undefined> {
  for (const at of [Date.parse(time), Date.parse(time) - day]) {
    const prefix = `${prefixes.monitoring(useCase)}/${kind}/${new Date(at).toISOString().slice(0, 10)}`;
    const newest = (await list(artifacts, prefix))
      .map((each) => each.key)
      .filter((key) => key.endsWith(`/${file}`))
      .sort()
      .at(-1);
    const findings = newest === undefined ? undefined : await readJson<Findings>(artifacts, newest);
    if (newest === undefined || findings === undefined) continue;
    return {
      kind,
      ...findings.window,
      rows: findings.metrics.find((each) => each.name === metricNames.rows)?.value,
      report: `s3://${artifacts.name}/${newest.slice(0, -file.length)}report.html`,
    };
  }
  return undefined;
}
