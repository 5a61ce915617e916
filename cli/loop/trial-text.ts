import { table } from '../shared/output';
import { percent, type TrialReport } from './trial';
import type { VariantMetrics } from './variant-metrics';

/** A trial as text for a terminal. */
export function renderTrial(report: TrialReport): string {
  const { trial, decision, comparison, objections } = report;
  const { champion, challenger, type, share } = trial;
  const what =
    type === 'ab'
      ? `version ${challenger.version} answers ${share} % of the callers of ${trial.endpoint}`
      : `version ${challenger.version} gets copies of ${share} % of the requests to ${trial.endpoint}`;
  const lines = [`${what}, since ${trial.started_at ?? ''}; version ${champion.version} is live`, '', variants(report)];
  if (comparison !== undefined) lines.push('', shadow(report));
  if (decision !== undefined) lines.push('', decided(report));
  lines.push('', verdict(report));
  if (trial.status !== 'ended' && objections.length > 0)
    lines.push(...objections.map((each) => `  against promoting it: ${each}`));
  return lines.join('\n');
}

function variants({ trial, answers, decision, metrics }: TrialReport): string {
  const row = (
    name: 'champion' | 'challenger',
    { invocations, errorRate, p50, p95 }: VariantMetrics,
  ): (string | number)[] => {
    const measured = decision?.[name];
    return [
      name,
      trial[name].version,
      invocations,
      answers[name],
      measured?.labelled ?? '-',
      measured === undefined ? '-' : `${fixed(measured.value)} ± ${fixed(measured.standard_error)}`,
      errorRate === undefined ? '-' : percent(errorRate),
      p50 === undefined ? '-' : `${p50.toFixed(1)} ms`,
      p95 === undefined ? '-' : `${p95.toFixed(1)} ms`,
    ];
  };
  const head = ['variant', 'version', 'requests', 'captured', 'labelled', decision?.metric ?? 'metric', 'failed'];
  return table([...head, 'p50', 'p95'], [row('champion', metrics.champion), row('challenger', metrics.challenger)]);
}

function shadow({ comparison }: TrialReport): string {
  if (comparison === undefined) return '';
  const { paired, agreement, score_distance: apart } = comparison;
  const same = agreement === null ? '' : `; ${percent(agreement)} got the same answer`;
  const scores =
    apart === null
      ? ''
      : `\nscores lie ${fixed(apart.mean)} apart on average, ${fixed(apart.p95)} at p95, ${fixed(apart.max)} at most; Kolmogorov-Smirnov distance ${fixed(apart.ks)}`;
  return `${paired} requests were answered by both${same}${scores}`;
}

function decided({ decision }: TrialReport): string {
  if (decision === undefined) return '';
  const { metric, difference, interval, confidence, p_value: p } = decision;
  const [low, high] = interval;
  if (low === null || high === null) return `difference in ${metric}: ${fixed(difference)}, no interval yet`;
  return `difference in ${metric}: ${fixed(difference)}, ${Math.round(100 * confidence)} % interval ${fixed(low)} to ${fixed(high)} (valid at every look), p = ${p.toPrecision(2)}`;
}

function verdict({ trial, decision, objections }: TrialReport): string {
  if (trial.status === 'ended') return `ended: ${trial.outcome?.kind ?? ''}, ${trial.outcome?.reason ?? ''}`;
  if (decision !== undefined) return `${decision.verdict}: ${decision.reason}`;
  return objections.length === 0 ? 'all checks for a promotion passed' : 'undecided';
}

const fixed = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
