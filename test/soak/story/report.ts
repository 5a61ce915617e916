import type { Seen } from './life';
import { events } from './plan';

const width = 960;
const height = 340;
const margin = { left: 48, right: 24, top: 56, bottom: 40 };
const colours = ['#1b6ca8', '#c0392b'];

type Lived = readonly Readonly<Record<string, Seen>>[];

/** Quality of each use case over days of the plan: before anything moved, and after the last retraining had its effect. */
export interface Recovery {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

export const meanAuc = (lived: Lived, name: string, from: number, to: number): number => {
  const values = lived.slice(from, to + 1).map((each) => each[name]?.auc ?? NaN);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

export const recoveries = (lived: Lived): readonly Recovery[] =>
  Object.keys(lived[0] ?? {}).map((name) => ({
    name,
    before: meanAuc(lived, name, 0, 5),
    after: meanAuc(lived, name, 22, 29),
  }));

/** One page: quality of both use cases day by day, and what happened. */
export function storyReport(lived: Lived, seconds: number): string {
  const rows = lived.flatMap((each, day) =>
    Object.entries(each).map(([name, { firing, decisions, news, version, auc }]) => {
      const cells = [day, name, auc.toFixed(3), version, firing.join(', '), decisions.join(', '), news.join('; ')];
      return `<tr>${cells.map((cell) => `<td>${String(cell)}</td>`).join('')}</tr>`;
    }),
  );
  const summary = recoveries(lived).map(
    ({ name, before, after }) =>
      `<li>${name}: ${before.toFixed(3)} on days 0 to 5, ${after.toFixed(3)} on days 22 to 29</li>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Thirty days</title>
<style>body{font:14px sans-serif;margin:2em}td,th{padding:2px 8px;text-align:left;border-bottom:1px solid #ddd}</style>
<h1>Thirty days</h1><p>Lived in ${seconds.toFixed(0)} s. AUC of each day's answers by their true labels. Both use cases see the
same days; <b>story</b> retrains on new labels, <b>story-control</b> on the base data alone.</p>
<ul>${summary.join('')}</ul>
${storyPlot(lived)}
<table><tr><th>day</th><th>use case</th><th>AUC</th><th>version</th><th>firing</th><th>decisions</th><th>news</th></tr>
${rows.join('\n')}</table>
`;
}

/** AUC by day with what happened when, as SVG. */
export function storyPlot(lived: Lived): string {
  const names = Object.keys(lived[0] ?? {});
  const plotted = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const x = (day: number): number => margin.left + (day * plotted.width) / Math.max(1, lived.length - 1);
  const y = (value: number): number => margin.top + (1 - value) * plotted.height;
  const level = meanAuc(lived, names[0] ?? '', 0, 5);
  const text = (at: number, up: number, words: string, more = ''): string =>
    `<text x="${at.toFixed(1)}" y="${up.toFixed(1)}" ${more}>${words}</text>`;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(value)}" y2="${y(value)}" stroke="#e4e4e4"/>` +
      text(margin.left - 6, y(value) + 4, value.toFixed(2), 'text-anchor="end" fill="#555"'),
  );
  const days = lived.flatMap((_, day) =>
    day % 5 === 0 || day === lived.length - 1
      ? [text(x(day), height - 22, String(day), 'text-anchor="middle" fill="#555"')]
      : [],
  );
  const marks = (
    [
      ['few rows', events.smallDay],
      ['load drifts', events.driftFrom],
      ['capture lost', events.captureLost[0]],
      ['concept turns', events.conceptTurns],
    ] as const
  ).map(
    ([words, day]) =>
      `<line x1="${x(day)}" x2="${x(day)}" y1="${margin.top}" y2="${height - margin.bottom}" stroke="#999" stroke-dasharray="3 3"/>` +
      text(x(day), margin.top - 8, words, 'text-anchor="middle" fill="#555"'),
  );
  const curves = names.map((name, index) => {
    const colour = colours[index % colours.length] ?? '#000';
    const points = lived.map((each, day) => `${x(day).toFixed(1)},${y(each[name]?.auc ?? 0).toFixed(1)}`).join(' ');
    const versions = lived.flatMap((each, day) => {
      const { version = 0, auc = 0 } = each[name] ?? {};
      if (day === 0 || version === lived[day - 1]?.[name]?.version) return [];
      const above = index === 0 ? -10 : 20;
      return [
        `<circle cx="${x(day).toFixed(1)}" cy="${y(auc).toFixed(1)}" r="4" fill="${colour}"/>` +
          text(x(day), y(auc) + above, `v${version}`, `text-anchor="middle" fill="${colour}"`),
      ];
    });
    const legend = text(
      margin.left + 8 + 320 * index,
      18,
      legends[index] ?? name,
      `fill="${colour}" font-weight="bold"`,
    );
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points}"/>${versions.join('')}${legend}`;
  });
  const band = `<rect x="${margin.left}" width="${plotted.width}" y="${y(level).toFixed(1)}" height="${(y(level - 0.02) - y(level)).toFixed(1)}" fill="#2e8b57" opacity="0.25"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12" role="img" aria-label="AUC by day">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...grid, band, ...days, ...marks, ...curves].join('\n')}
${text(margin.left + plotted.width / 2, height - 4, 'day', 'text-anchor="middle" fill="#555"')}
${text(x(14), y(level - 0.02) + 14, 'within two points of the level before', 'fill="#2e8b57"')}</svg>`;
}

const legends = ['AUC of story: retrains on new labels', 'AUC of story-control: retrains on old data'];

/** The same as lines of text. */
export function storyTable(lived: Lived): string {
  const bar = (value: number): string => '█'.repeat(Math.round(value * 20)).padEnd(20, '·');
  const lines = lived.map((each, day) => {
    const seen = Object.values(each).map(({ auc, version }) => `${auc.toFixed(3)} ${bar(auc)} v${version}`);
    return `${String(day).padStart(4)}  ${seen.join('   ')}  ${(Object.values(each)[0]?.decisions ?? []).join(', ')}`;
  });
  const heading = Object.keys(lived[0] ?? {}).map((name) => `AUC of ${name}`.padEnd(29));
  const ends = recoveries(lived).map(
    ({ name, before, after }) => `${name}: ${before.toFixed(3)} before, ${after.toFixed(3)} after`,
  );
  return [` day  ${heading.join('   ')}`, ...lines, ...ends, ''].join('\n');
}
