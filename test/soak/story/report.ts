import type { Seen } from './life';

const width = 900;
const height = 260;

/** One page: quality of both use cases day by day, and what happened. */
export function storyReport(lived: readonly Readonly<Record<string, Seen>>[], seconds: number): string {
  const names = Object.keys(lived[0] ?? {});
  const colours = ['#1b6ca8', '#c0392b'];
  const x = (day: number): number => 40 + (day * (width - 60)) / Math.max(1, lived.length - 1);
  const y = (value: number): number => height - 30 - value * (height - 50);
  const lines = names.map((name, index) => {
    const points = lived.map((each, day) => `${x(day).toFixed(1)},${y(each[name]?.auc ?? 0).toFixed(1)}`).join(' ');
    return `<polyline fill="none" stroke="${colours[index % 2] ?? '#000'}" stroke-width="2" points="${points}"/>
<text x="${width - 150}" y="${20 + 16 * index}" fill="${colours[index % 2] ?? '#000'}">${name}</text>`;
  });
  const rows = lived.flatMap((each, day) =>
    names.map((name) => {
      const { firing = [], decisions = [], news = [], version, auc } = each[name] ?? {};
      const cells = [day, name, auc?.toFixed(3), version, firing.join(', '), decisions.join(', '), news.join('; ')];
      return `<tr>${cells.map((cell) => `<td>${String(cell ?? '')}</td>`).join('')}</tr>`;
    }),
  );
  return `<!doctype html><meta charset="utf-8"><title>Thirty days</title>
<style>body{font:14px sans-serif;margin:2em}td,th{padding:2px 8px;text-align:left;border-bottom:1px solid #ddd}</style>
<h1>Thirty days</h1><p>Lived in ${seconds.toFixed(0)} s. AUC of each day's answers by their true labels.</p>
<svg width="${width}" height="${height}" role="img" aria-label="AUC by day">
<line x1="40" x2="${width - 20}" y1="${y(0.5)}" y2="${y(0.5)}" stroke="#bbb"/><text x="4" y="${y(0.5)}">0.5</text>
<line x1="40" x2="${width - 20}" y1="${y(0.9)}" y2="${y(0.9)}" stroke="#bbb"/><text x="4" y="${y(0.9)}">0.9</text>
${lines.join('\n')}</svg>
<table><tr><th>day</th><th>use case</th><th>AUC</th><th>version</th><th>firing</th><th>decisions</th><th>news</th></tr>
${rows.join('\n')}</table>
`;
}
