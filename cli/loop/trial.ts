import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { UserError } from '@mooring/use-case/errors';
import { ownSource } from '../../contracts/events';
import { prefixes } from '../../contracts/names';
import { monitorPath } from '../../contracts/python-packages';
import { trialFile, trialsPrefix, type TrialState } from '../../contracts/records/trial';
import type { UseCase } from '@mooring/use-case/use-case';
import { clientEnvironment, type Clients, type Connection } from '../shared/clients';
import { readFoundation } from '../shared/foundation';
import { readJson } from '../shared/objects';
import type { Project } from '../shared/project';
import type { Session } from '../shared/session';
import { readVariantMetrics, type VariantMetrics } from './variant-metrics';

/** A metric of one variant as the monitor's `trial` command reports it. */
interface Measured {
  readonly value: number | null;
  readonly standard_error: number | null;
  readonly labelled: number;
}

/** The statistical decision: which is better, or that it is not known yet. */
export interface TrialDecisionReport {
  readonly verdict: 'challenger' | 'champion' | 'undecided';
  readonly reason: string;
  readonly metric: string;
  readonly champion: Measured;
  readonly challenger: Measured;
  /** Challenger minus champion. */
  readonly difference: number | null;
  readonly interval: readonly [number | null, number | null];
  readonly confidence: number;
  readonly p_value: number;
  readonly min_sample: number;
}

/** A shadow's answers beside those that callers got. */
export interface ShadowComparison {
  readonly paired: number;
  readonly champion_only: number;
  readonly challenger_only: number;
  readonly agreement: number | null;
  readonly score_distance: {
    readonly mean: number;
    readonly p95: number;
    readonly max: number;
    readonly ks: number;
  } | null;
}

/** Everything that is known of a trial now. */
export interface TrialReport {
  readonly trial: TrialState;
  readonly at: string;
  readonly answers: { readonly champion: number; readonly challenger: number };
  readonly decision?: TrialDecisionReport;
  readonly comparison?: ShadowComparison;
  readonly metrics: { readonly champion: VariantMetrics; readonly challenger: VariantMetrics };
  /** Why the challenger should not be promoted yet; empty when all checks passed. */
  readonly objections: readonly string[];
}

/** The newest trial of a use case, running or not. */
export async function readTrial(clients: Clients, useCase: string): Promise<TrialState | undefined> {
  const { artifactBucket } = await readFoundation(clients);
  return readJson(clients, artifactBucket, `${prefixes.live(useCase)}/${trialFile}`);
}

/** Compares both variants on everything they answered since the trial began. @throws UserError when none is running. */
export async function compareTrial(session: Session, project: Project, useCase: UseCase): Promise<TrialReport> {
  const { clients } = session;
  const trial = await readTrial(clients, useCase.name);
  const { now } = (await session.control('GET', '/_local/clock')) as { readonly now: string };
  if (trial === undefined || trial.status === 'starting' || trial.started_at === undefined)
    throw new UserError(noTrial(useCase, trial));
  const end = trial.ended_at ?? now;
  const compared = await monitorReport(session, project, useCase, { ...trial, started_at: trial.started_at }, end);
  const metrics = await variantMetrics(clients, { ...trial, started_at: trial.started_at }, end);
  const report = { trial, at: end, ...compared, metrics };
  return { ...report, objections: objectionsTo(report, useCase) };
}

function noTrial(useCase: UseCase, trial: TrialState | undefined): string {
  if (trial !== undefined) return `version ${trial.challenger.version} is not in service yet; try again in a moment`;
  const settings = useCase.stages.production.trial;
  return settings === undefined
    ? `${useCase.name} has no trials; give stages.production a trial in its use-case.yaml, e.g. trial: { type: shadow }, and deploy`
    : `nothing is on trial; a version goes on trial when it is approved and another one is live: npx mooring approve ${useCase.name}`;
}

type Running = TrialState & { readonly started_at: string };

async function monitorReport(
  session: Session,
  project: Project,
  useCase: UseCase,
  trial: Running,
  end: string,
): Promise<Pick<TrialReport, 'answers' | 'decision' | 'comparison'>> {
  const { dataBucket } = await readFoundation(session.clients);
  const folder = join(project.work, 'trials', useCase.name, `v${trial.challenger.version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'use-case.json'), JSON.stringify(useCase));
  const settings = useCase.stages.production.trial;
  const data = (prefix: string): string => `s3://${dataBucket}/${prefix}`;
  const labels = useCase.labels === undefined ? [] : ['--ground-truth', data(prefixes.groundTruth(useCase.name))];
  const rules =
    settings === undefined
      ? []
      : [
          ...(settings.metric === undefined ? [] : ['--metric', settings.metric]),
          ...['--min-sample', String(settings.min_sample)],
          ...['--smallest-difference', String(settings.smallest_difference)],
          ...['--confidence', String(settings.confidence)],
        ];
  await runMonitor(project, session, [
    ...['trial', '--use-case', join(folder, 'use-case.json'), '--type', trial.type],
    ...['--capture', data(prefixes.capture(useCase.name)), '--endpoint', trial.endpoint, ...labels],
    ...['--champion', trial.champion.variant, '--challenger', trial.challenger.variant],
    ...['--start', trial.started_at, '--end', end, ...rules, '--output', folder],
  ]);
  return JSON.parse(readFileSync(join(folder, 'trial.json'), 'utf8')) as Pick<TrialReport, 'answers'>;
}

function runMonitor(project: Project, connection: Connection, args: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    ...clientEnvironment(connection),
    PYTHONPATH: monitorPath(project.root),
  };
  return new Promise((done, fail) => {
    const child = spawn(project.python, ['-m', 'mooring_monitor', ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-4000)));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new UserError(`comparing the variants failed:\n${errors.trim()}`)),
    );
  });
}

async function variantMetrics(clients: Clients, trial: Running, end: string): Promise<TrialReport['metrics']> {
  const [champion, challenger] = await Promise.all(
    [trial.champion, trial.challenger].map(({ variant }) =>
      readVariantMetrics(clients, { ...trial, variant, start: trial.started_at, end }),
    ),
  );
  if (champion === undefined || challenger === undefined) throw new Error('a variant has no metrics');
  return { champion, challenger };
}

/** Share of failed requests by which a challenger may be worse than the champion. */
const moreErrors = 0.01;

function objectionsTo(report: Omit<TrialReport, 'objections'>, useCase: UseCase): string[] {
  const { decision, comparison, metrics, trial } = report;
  const found: string[] = [];
  const least = useCase.stages.production.trial?.min_sample ?? 0;
  if (trial.type === 'ab' && decision?.verdict !== 'challenger')
    found.push(decision === undefined ? 'nothing was decided' : `${decision.verdict}: ${decision.reason}`);
  if (trial.type === 'shadow' && decision?.verdict === 'champion') found.push(decision.reason);
  if (comparison !== undefined && comparison.paired < least)
    found.push(`${comparison.paired} of ${least} requests were answered by both`);
  const [before, now] = [metrics.champion.errorRate ?? 0, metrics.challenger.errorRate ?? 0];
  if (now > before + moreErrors)
    found.push(`${percent(now)} of its requests failed, ${percent(before)} of the live version's`);
  return found;
}

/** A share as text. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Ends a trial: keeps the report beside its record, and asks for the decision as an event. */
export async function decideTrial(
  session: Session,
  report: TrialReport,
  decision: 'promote' | 'stop',
  reason: string,
): Promise<void> {
  const { trial, at } = report;
  const { clients } = session;
  const { artifactBucket } = await readFoundation(clients);
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: artifactBucket,
      Key: `${trialsPrefix(trial.use_case, trial.stage)}/reports/v${trial.challenger.version}-${at.replaceAll(':', '-')}.json`,
      Body: `${JSON.stringify({ ...report, decided: { decision, reason } }, undefined, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
  const { version } = trial.challenger;
  const detail = { useCase: trial.use_case, stage: trial.stage, decision, version, reason, requestedBy: 'terminal' };
  await clients.events.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: ownSource,
          DetailType: 'Mooring Trial Decision',
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until the newest trial is over. @throws UserError when it is not within the time. */
export async function waitForEnd(session: Session, useCase: string, deadlineSeconds = 60): Promise<TrialState> {
  const started = performance.now();
  while (performance.now() - started < deadlineSeconds * 1000) {
    const trial = await readTrial(session.clients, useCase);
    if (trial?.status === 'ended') return trial;
    await pause(100);
  }
  throw new UserError(`the trial of ${useCase} did not end within ${deadlineSeconds} s; see npx mooring status`);
}
