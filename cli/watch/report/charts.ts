import type { TopLevelSpec } from 'vega-lite' with { 'resolution-mode': 'import' };
import { Graph, toDot } from '@mooring/pipeline-language';
import type { Distribution } from './distribution';

/** Colour-blind safe: blue for the baseline, orange for what was captured. */
const colors = {
  baseline: '#2f6db5',
  captured: '#e07b28',
  good: '#2e7d4f',
  bad: '#c0392b',
  neutral: '#8a94a3',
} as const;

/** The plotting libraries are ECMAScript modules with top-level await, so they are loaded when a picture is wanted. */
async function draw(spec: TopLevelSpec): Promise<string> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

const common = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'transparent',
  config: { font: 'system-ui, sans-serif', view: { stroke: null } },
} as const;

/** Baseline against captured distribution of one feature. */
export function distributionChart(
  feature: string,
  baseline: Distribution | undefined,
  captured: Distribution | undefined,
): Promise<string> {
  const series = Object.entries({ baseline, captured }).flatMap(([name, distribution]): object[] =>
    (distribution?.bins ?? []).map((bin) => ({ series: name, ...bin })),
  );
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: ['baseline', 'captured'], range: [colors.baseline, colors.captured] },
  } as const;
  const share = { field: 'share', type: 'quantitative', title: 'share of rows', axis: { format: '%' } } as const;
  if ((baseline ?? captured)?.kind === 'numeric') {
    return draw({
      ...common,
      width: 420,
      height: 190,
      data: { values: series },
      mark: { type: 'rect', opacity: 0.55 },
      encoding: {
        x: { field: 'from', type: 'quantitative', title: feature, scale: { zero: false } },
        x2: { field: 'to' },
        y: share,
        y2: { datum: 0 },
        color,
      },
    });
  }
  return draw({
    ...common,
    width: 420,
    height: 190,
    data: { values: series },
    mark: 'bar',
    encoding: {
      x: { field: 'value', type: 'nominal', title: feature, axis: { labelAngle: 0 } },
      xOffset: { field: 'series' },
      y: share,
      color,
    },
  });
}

/** One bar per stage of a run, from its start to its end in seconds. */
export function timelineChart(
  stages: readonly {
    readonly name: string;
    readonly start: number;
    readonly seconds: number;
    readonly status: string;
  }[],
): Promise<string> {
  return draw({
    ...common,
    width: 760,
    height: { step: 24 },
    data: {
      values: stages.map((each) => ({
        ...each,
        end: each.start + Math.max(each.seconds, 0.05),
        label: `${each.seconds.toFixed(1)} s`,
      })),
    },
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 320 } },
      x: { field: 'start', type: 'quantitative', title: 'seconds since the start' },
    },
    layer: [
      {
        mark: { type: 'bar', height: 14, cornerRadius: 3 },
        encoding: {
          x2: { field: 'end' },
          color: {
            field: 'status',
            type: 'nominal',
            legend: null,
            scale: { domain: ['ok', 'failed'], range: [colors.good, colors.bad] },
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4 },
        encoding: { x: { field: 'end', type: 'quantitative' }, text: { field: 'label' } },
      },
    ],
  });
}

/** Metrics of model versions side by side. */
export function metricsChart(
  values: readonly { readonly metric: string; readonly version: string; readonly value: number }[],
): Promise<string> {
  return draw({
    ...common,
    width: { step: 26 },
    height: 200,
    data: { values: [...values] },
    mark: 'bar',
    encoding: {
      x: { field: 'metric', type: 'nominal', title: null, sort: null, axis: { labelAngle: 0 } },
      xOffset: { field: 'version' },
      y: { field: 'value', type: 'quantitative', title: null },
      color: {
        field: 'version',
        type: 'nominal',
        title: 'version',
        scale: { range: [colors.neutral, colors.baseline, colors.captured, colors.good] },
      },
    },
  });
}

/** The pipeline as a picture; steps in the colour of their outcome. */
export async function pipelinePicture(
  definition: unknown,
  outcomes: Readonly<Record<string, string>>,
): Promise<string> {
  const fill = (status: string | undefined): string =>
    status === 'Succeeded' ? '#dcefe3' : status === 'Failed' ? '#f6d9d5' : status === undefined ? '#f1f3f6' : '#e3ecf8';
  const painted = toDot(Graph.of(definition))
    .replace(
      'rankdir=TB;',
      'rankdir=TB; bgcolor=transparent; node [style="filled,rounded", fontname="sans-serif", fontsize=11, color="#5b6675"]; edge [color="#5b6675", fontname="sans-serif", fontsize=10];',
    )
    .replaceAll(/^ {2}"([^"]+)" \[/gm, (whole, name: string) =>
      whole.includes('->') ? whole : `  "${name}" [fillcolor="${fill(outcomes[name])}", `,
    );
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return viz.renderString(painted, { format: 'svg' }).replace(/^[\s\S]*?(?=<svg)/, '');
}
