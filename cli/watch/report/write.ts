import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from './run-record';
import { distributionChart, metricsChart, pipelinePicture, timelineChart } from './charts';
import type { FeatureComparison, ReportData, ReportedVersion } from './collect';
import { renderPage, type Section } from './page';

const time = (text: string): string => text.slice(0, 19).replace('T', ' ');
const number = (value: number | undefined, digits = 3): string => (value === undefined ? '-' : value.toFixed(digits));

async function runSection(run: RunRecord): Promise<Section> {
  let start = 0;
  const stages = run.stages.map((stage) => {
    const placed = { name: stage.name, seconds: stage.seconds, status: stage.status, start };
    start += stage.seconds;
    return placed;
  });
  return {
    title: 'Timeline',
    lead: `The tour of ${time(run.started)}: ${run.stages.length} stages in ${number(run.seconds, 1)} s.`,
    html: await timelineChart(stages),
    table: {
      head: ['stage', 'outcome', 'seconds', 'what happened'],
      rows: run.stages.map((each) => [each.name, each.status, each.seconds.toFixed(1), each.detail ?? '']),
    },
  };
}

/** A run inside an advance of the virtual clock takes no virtual time; nothing is shown rather than a wrong zero. */
const stepSeconds = (value: number | undefined): string => number(value === 0 ? undefined : value, 1);

async function pipelineSection(data: ReportData): Promise<Section> {
  const newest = data.versions.at(-1)?.execution;
  const outcomes = Object.fromEntries((newest?.steps ?? []).map((each) => [each.name, each.status]));
  return {
    title: 'Pipeline',
    lead: newest === undefined ? 'No execution yet.' : 'Steps of the newest run, in the colour of their outcome.',
    html: await pipelinePicture(data.definition, outcomes),
    table: {
      head: ['step', 'status', 'seconds'],
      rows: (newest?.steps ?? []).map((each) => [each.name, each.status, stepSeconds(each.seconds)]),
    },
  };
}

async function versionsSection(versions: readonly ReportedVersion[]): Promise<Section> {
  const shown = versions.slice(-4);
  const names = [...new Set(shown.flatMap((each) => each.evaluation?.metrics.map((metric) => metric.name) ?? []))];
  const value = (version: ReportedVersion, name: string): number | undefined =>
    version.evaluation?.metrics.find((each) => each.name === name)?.value;
  const drawn = names.filter((name) => shown.every((version) => Math.abs(value(version, name) ?? 0) <= 1));
  const bars = drawn.flatMap((metric) =>
    shown.flatMap((version) => {
      const found = value(version, metric);
      return found === undefined ? [] : [{ metric, version: `v${version.version}`, value: found }];
    }),
  );
  return {
    title: 'Model versions',
    lead: 'Metrics on the held-out test set of each version.',
    html: bars.length === 0 ? '' : await metricsChart(bars),
    table: {
      head: ['metric', ...shown.map((each) => `v${each.version} (${each.approval})`)],
      rows: names.map((name) => [name, ...shown.map((version) => number(value(version, name), 4))]),
    },
  };
}

async function featuresSection(features: readonly FeatureComparison[]): Promise<Section> {
  const figures = await Promise.all(
    features.map(async (each) => ({
      caption: `${each.feature}: ${each.detector} ${number(each.value)} against a bound of ${each.threshold} in the window ${each.window}`,
      svg: await distributionChart(each.feature, each.baseline, each.captured),
    })),
  );
  return {
    title: 'Baseline against captured',
    lead: 'Each monitored feature in the window where it drifted most.',
    figures,
  };
}

function verdict(data: ReportData): string {
  const live = data.versions.at(-1);
  const firing = data.alarms.filter((each) => each.state === 'ALARM').map((each) => each.name);
  const started = data.decisions.filter((each) => each.executionArn !== undefined).length;
  return `${data.versions.length} model version${data.versions.length === 1 ? '' : 's'} registered${live === undefined ? '' : `, the newest is v${live.version} (${live.approval})`}; ${
    firing.length === 0 ? 'no alarm is firing' : `firing: ${firing.join(', ')}`
  }; ${started} retraining${started === 1 ? '' : 's'} started by a decision.`;
}

/** Writes `index.html` below the folder and returns its path. @param run the tour's record, when there was one. */
export async function writeReport(folder: string, data: ReportData, run?: RunRecord): Promise<string> {
  const sections: Section[] = [
    ...(run === undefined ? [] : [await runSection(run)]),
    await pipelineSection(data),
    await versionsSection(data.versions),
    await featuresSection(data.features),
    {
      title: 'Alarms',
      table: {
        head: ['alarm', 'state', 'value', 'threshold', 'reason'],
        rows: data.alarms.map((each) => [
          each.name,
          each.state,
          number(each.value),
          number(each.threshold),
          each.reason,
        ]),
      },
    },
    {
      title: 'Retraining decisions',
      table: {
        head: ['time', 'trigger', 'decision', 'why'],
        rows: data.decisions.map((each) => [time(each.time), each.trigger, each.outcome, each.reason]),
      },
    },
    {
      title: 'Notifications',
      table: {
        head: ['time', 'to', 'subject', 'text'],
        rows: data.notifications.map((each) => [time(each.time), each.to, each.subject, each.body]),
      },
    },
    {
      title: 'Evidence',
      lead: 'What each version was made from.',
      table: {
        head: ['version', 'property', 'value'],
        rows: data.versions.flatMap((each) =>
          Object.entries({ model_package: each.arn, ...each.metadata }).map(([key, value]) => [
            `v${each.version}`,
            key,
            value,
          ]),
        ),
      },
    },
  ];
  const page = {
    title: data.useCase.title,
    subtitle: `${data.useCase.purpose} · virtual time ${time(data.now)}`,
    verdict: verdict(data),
    sections,
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'index.html');
  writeFileSync(file, renderPage(page));
  return file;
}
